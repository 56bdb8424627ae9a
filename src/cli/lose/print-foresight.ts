import { stringify } from 'yaml'
import type { Difficulty, Foresight, Outlook } from '../../survey/lose/outlook.ts'
import type { planOutputs } from '../output-formats.ts'
import { table } from '../table.ts'

export type LoseOutput = typeof planOutputs[number]

const headings = ['NAMESPACE', 'WORKLOAD', 'DISTRIBUTOR', 'PODS', 'LEFT', 'FIT', 'WAIT', 'UNSURE', 'GROUPS', 'WHY']

/** So many nodes and pods are named. */
const named = 5

/** @param asked what is lost, as it was asked for */
export function printForesight(foresight: Foresight, asked: readonly string[], output: LoseOutput): string {
  if (output === 'json') return `${JSON.stringify({ lose: asked, ...foresight }, undefined, 2)}\n`
  if (output === 'yaml') return stringify({ lose: asked, ...foresight }, { aliasDuplicateObjects: false, lineWidth: 0 })
  const { nodes, ofNodes, workloads, goneForGood } = foresight
  const rows = table(headings, workloads.map(rowOf))
  return [
    `lost: ${asked.join(', ')}: ${nodes.length} of ${ofNodes} nodes (${listSome(nodes)})\n`,
    ...(workloads.length === 0 ? [] : ['\n', rows]),
    `\n${tellSum(workloads)}\n`,
    ...(goneForGood.length === 0 ? [] : [tellGone(goneForGood)]),
  ].join('')
}

function tellGone(names: readonly string[]): string {
  return `${count(names.length, 'pod')} without a controller would be gone for good: ${listSome(names)}\n`
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

function count(many: number, what: string): string {
  return many === 1 ? `1 ${what}` : `${many} ${what}s`
}

function listSome(names: readonly string[]): string {
  return names.length > named ? `${names.slice(0, named).join(', ')} and ${names.length - named} more` : names.join(', ')
}
