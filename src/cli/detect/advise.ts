import type { ClusterState } from '../../survey/cluster-state.ts'
import type { Survey } from '../../survey/finding.ts'
import { readPod } from '../../survey/read-pod.ts'
import { recommend, type Advice } from '../../survey/recommend/recommend.ts'
import { namespaceOf, calledBy } from '../called.ts'
import { askFor, isUnknown } from '../check/asked.ts'
import { entryIn } from '../check/registration.ts'
import { clusterReads } from '../check/rights.ts'
import { askOnce, createLists, type Lists, type Reading } from '../survey/lists.ts'
import { readDistributors } from '../survey/read-distributors.ts'
import type { ReadState } from '../survey/read-state.ts'
import { createRefusals } from '../survey/refusals.ts'

/**
 * Says of each finding how it would be spread. For that the pods of every namespace have to be known, whichever were asked for, and what
 * PodDistributors there are, and where Versprei runs itself. Nothing is written.
 */
export async function advise(survey: Survey, state: ReadState, topology: string | undefined, reading: Reading): Promise<Survey> {
  const lists = createLists(askOnce(reading), undefined, createRefusals())
  const [pods, targets, own] = await Promise.all([
    state.areAllPodsRead ? state.pods : listPods(lists), listTargets(lists), readOwn(reading),
  ])
  const whole: ClusterState = { ...state, pods: pods ?? state.pods }
  return recommend(survey, { state: whole, isWhole: state.areNodesKnown && pods !== undefined, targets, own, topology })
}

/** Undefined where they may not all be listed. */
async function listPods(lists: Lists): Promise<ClusterState['pods'] | undefined> {
  const { items, refusedIn } = await lists.namespaced({ group: '', version: 'v1', plural: 'pods' }, { keep: readPod })
  return refusedIn === 'nowhere' ? items : undefined
}

/** Undefined where the cluster has no such kind, or they may not all be listed. */
async function listTargets(lists: Lists): Promise<Advice['targets']> {
  const { items, refusedIn, isAbsent } = await readDistributors(lists)
  return isAbsent || refusedIn !== 'nowhere' ? undefined
    : items.map(({ namespace, name, target }) => ({ namespace, name, target }))
}

/** By the Service that its registration names. Undefined where that cannot be read. */
async function readOwn({ connection, signal }: Reading): Promise<Advice['own']> {
  const asked = await askFor(connection, clusterReads.registration, { signal })
  return isUnknown(asked) ? undefined : { namespace: namespaceOf(calledBy(entryIn(asked))) }
}
