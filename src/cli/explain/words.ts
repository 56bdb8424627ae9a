import type { Decider } from '../../survey/explain/explain-pod.ts'
import type { GroupStanding } from '../../survey/explain/revision-standing.ts'
import type { Unforeseen } from '../../survey/explain/explain-workload.ts'
import type { Trouble } from '../../survey/explain/pod-verdict.ts'
import type { StrayCause } from '../../survey/explain/stray-cause.ts'
import { printable } from '../printable.ts'
import { someOf } from '../some-of.ts'

/** Words that pods and workloads are told by. */

/** Lines of a label and what is said, printable, the labels in one column. A label that is said again is left out. */
export function labelled(rows: readonly (readonly [label: string, text: string])[]): string {
  const width = Math.max(0, ...rows.map(([label]) => label.length))
  return rows.map(([label, text], index) => {
    const shown = rows[index - 1]?.[0] === label ? '' : label
    return `${shown.padEnd(width)}   ${printable(text)}\n`
  }).join('')
}

/** `PodDistributor web (Deployment/web, Required)`. */
export function tellDecider({ name, target, enforcement }: Decider, isRequired?: boolean): string {
  const how = enforcement ?? (isRequired === undefined ? undefined : isRequired ? 'Required' : 'Preferred: it mounts a volume')
  return `PodDistributor ${name} (${[target, ...how === undefined ? [] : [how]].join(', ')})`
}

/** `20 %`, to a tenth. */
export function percent(share: number): string {
  return `${Math.round(share * 1000) / 10} %`
}

/** `20 %, base 2, max 5`. */
export function tellShare({ share, base, max }: GroupStanding): string {
  return [percent(share), ...base === 0 ? [] : [`base ${base}`], ...max === undefined ? [] : [`max ${max}`]].join(', ')
}

/** Numbers as ranges: `0-3, 7`. */
export function ranges(numbers: readonly number[]): string {
  const sorted = numbers.toSorted((a, b) => a - b)
  const starts = sorted.filter((number, index) => index === 0 || sorted[index - 1] !== number - 1)
  return someOf(starts.map((start, index) => {
    const next = starts[index + 1]
    const end = next === undefined ? sorted.at(-1) : sorted[sorted.indexOf(next) - 1]
    return end === start ? String(start) : `${start}-${String(end)}`
  }), 8)
}

/** Why a pod is a stray. */
export const causes: Readonly<Record<StrayCause, string>> = {
  'younger-distributor': 'the PodDistributor is younger',
  'not-registered': 'the API server calls no Versprei: see versprei check, "registration"',
  'namespace-not-selected': 'the API server does not call Versprei for this namespace: its labels do not meet the namespaceSelector',
  'edited-since': 'the PodDistributor was changed after it was created: it may have been meant for other pods, invalid or only tried then',
  'not-called': 'probably Versprei was not called, or did not answer in time, when it was created; the API server lets pods through then',
}

/** What is the matter with pods that carry marks of Versprei. */
export const troubleWords: Readonly<Record<Trouble, string>> = {
  'distributor-gone': 'the PodDistributor that placed it is gone: its labels stay, and mean nothing',
  'distributor-invalid': 'the PodDistributor that placed it has mistakes now, and places no pod',
  'another-decides': 'another PodDistributor decides for its workload now, and adopts it where it stands',
  'out-of-scope': 'created now it would be left alone',
  'audited-now': 'its PodDistributor is only tried now (Audit), and places no pod',
  'group-gone': 'its PodDistributor has no such group any more; it is adopted into one that it stands in, if there is one',
  'seat-of-another-group': 'its seat is of another group by now: it counts in its own group, and is renumbered there',
  'outside': 'its node is not of its group',
}

/** Why it is not told what another number of replicas would make of a workload. */
export const unforeseenWords: Readonly<Record<Unforeseen, string>> = {
  'audited': 'its PodDistributor is only tried, and gives no seats',
  'left-alone': 'Versprei leaves it alone',
  'unknown': 'who decides for it is not known',
  'unread': 'its pods could not be read',
  'no-revision': 'it has no pods yet',
}
