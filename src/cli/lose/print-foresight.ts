import { count } from '../../survey/count.ts'
import type { Difficulty, Foresight, Outlook } from '../../survey/lose/outlook.ts'
import type { planOutputs } from '../output-formats.ts'
import { printAs } from '../print-as.ts'
import { printable } from '../printable.ts'
import { table } from '../table.ts'
import { listSome } from './list-some.ts'

export type LoseOutput = typeof planOutputs[number]

const headings = ['NAMESPACE', 'WORKLOAD', 'DISTRIBUTOR', 'PODS', 'LEFT', 'FIT', 'WAIT', 'UNSURE', 'GROUPS', 'WHY']

/** So many nodes and pods are named. */
const named = 5

/** @param asked what is lost, as it was asked for */
export function printForesight(foresight: Foresight, asked: readonly string[], output: LoseOutput): string {
  return printAs(output, { lose: asked, ...foresight }, () => draw(foresight, asked))
}

function draw({ nodes, ofNodes, workloads, goneForGood }: Foresight, asked: readonly string[]): string {
  const lost = `lost: ${asked.join(', ')}: ${nodes.length} of ${ofNodes} nodes (${listSome(nodes, named)})`
  const gone = `${count(goneForGood.length, 'pod')} without a controller would be gone for good: ${listSome(goneForGood, named)}`
  return [
    `${printable(lost)}\n`,
    ...(workloads.length === 0 ? [] : ['\n', table(headings, workloads.map(rowOf))]),
    `\n${tellSum(workloads)}\n`,
    ...(goneForGood.length === 0 ? [] : [`${printable(gone)}\n`]),
  ].join('')
}

function rowOf({ workload: { kind, namespace, name }, distributor = '-', groups, troubles, ...counts }: Outlook): readonly string[] {
  const figures = [counts.pods, counts.left, counts.fit, counts.wait, counts.unsure].map(String)
  const split = groups.map(group => `${group.name} ${group.now}→${group.after}`).join(', ')
  return [namespace, `${kind}/${name}`, distributor, ...figures, split === '' ? '-' : split, troubles.map(tellDifficulty).join('; ')]
}

function tellDifficulty({ reason, pods, detail }: Difficulty): string {
  if (reason === 'uncertain') return `${pods} if these allow it: ${detail}`
  if (reason === 'unknown') return `${pods} unknown: ${detail}`
  return `${pods} ${pods === 1 ? 'waits' : 'wait'}: ${detail}`
}

function tellSum(workloads: readonly Outlook[]): string {
  const sum = (of: (one: Outlook) => number): number => workloads.reduce((total, one) => total + of(one), 0)
  const down = workloads.filter(({ pods, left }) => pods > 0 && left === 0).length
  const [unsure, pending] = [sum(one => one.unsure), sum(one => one.pending)]
  return [
    `${count(workloads.length, 'workload')}, ${down === 0 ? 'none' : down} without a pod at once; of ${count(sum(one => one.pods), 'pod')}`,
    `${sum(one => one.left)} are left at once, ${sum(one => one.fit)} fit elsewhere, ${sum(one => one.wait)} wait`,
  ].join(' ') + (unsure === 0 ? '' : `, ${unsure} unsure`) + (pending === 0 ? '' : `; ${pending} more did not run before`)
}
