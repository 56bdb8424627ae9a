import { count } from '../../survey/count.ts'
import { reasonWords } from '../../survey/explain/reason-words.ts'
import type { Wrong } from '../../survey/explain/wrong.ts'
import { someOf } from '../some-of.ts'
import { causes, labelled, troubleWords } from './words.ts'

type Row = readonly [label: string, text: string]

/** What stands wrong, and what does not count: a paragraph each; none where there is nothing to tell. */
export function tellWrong(wrong: Wrong): readonly string[] {
  const { surplus, outside, strays, pending, stale, leftAlone, inNoGroup, unsure, leaving, ended } = wrong
  const rows: readonly Row[] = [
    ...surplus === 0 ? [] : [['Too many', `${count(surplus, 'pod is', 'pods are')} in groups that have more than their seats`] as const],
    ...outside.length === 0 ? [] : [['Outside', `${someOf(outside)}: on a node that is not of the pod's group`] as const],
    ...strays.map(({ cause, pods }): Row => ['Strays', `${someOf(pods)}: ${causes[cause]}`]),
    ...inNoGroup.length === 0 ? [] : [['No group', `${someOf(inNoGroup)}: on a node of none`] as const],
    ...unsure.length === 0 ? [] : [['Not known', `${someOf(unsure)}: whether the node is of its group`] as const],
    ...stale.map(({ trouble, pods }): Row => ['Stale', `${someOf(pods)}: ${troubleWords[trouble]}`]),
    ...leftAlone.map(({ reason, pods }): Row => ['Left alone', `${someOf(pods)}: ${reasonWords[reason].means} (${reason})`]),
    ...pendingRows(pending),
  ]
  const apart: readonly Row[] = [
    ...leaving.length === 0 ? [] : [['Leaving', someOf(leaving)] as const],
    ...ended === 0 ? [] : [['Ended', count(ended, 'pod')] as const],
  ]
  return [rows, apart].filter(some => some.length > 0).map(labelled)
}

/** By group and by what the scheduler says, which is the same of many. */
function pendingRows(pending: Wrong['pending']): readonly Row[] {
  const kinds = Map.groupBy(pending, ({ group = '', schedulerSaid = '' }) => `${group}\n${schedulerSaid}`)
  return [...kinds.values()].map((some): Row => {
    const [first] = some
    const group = first?.group === undefined ? '' : ` of ${first.group}`
    return ['Pending', `${someOf(some.map(({ pod }) => pod))}${group}: ${first?.schedulerSaid ?? 'the scheduler has said nothing yet'}`]
  })
}
