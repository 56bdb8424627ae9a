import { ClusterError } from '../../cluster/cluster-error.ts'
import type { ClusterState, SurveyedOwner } from '../../survey/cluster-state.ts'
import { readBudget } from '../../survey/read-budget.ts'
import { readNode } from '../../survey/read-node.ts'
import { readOwner } from '../../survey/read-owner.ts'
import { readPod } from '../../survey/read-pod.ts'
import { resourceOf, workloadKinds, type WorkloadKind } from '../../survey/workload-kinds.ts'
import { askOnce, createLists, nameOf, type Ask, type Listed, type Lists, type Reading } from './lists.ts'
import { createRefusals, type Refusals } from './refusals.ts'

/** What is to be read. Pods, nodes and budgets always are. */
export interface Wanted {
  /** Undefined: all. */
  readonly namespaces?: readonly string[] | undefined
  /** The workloads that are asked for. That the cluster does not know such a kind is told. */
  readonly kinds: readonly WorkloadKind[]
  /** Asked for as well, where the cluster knows them. */
  readonly optionalKinds?: readonly WorkloadKind[]
  /** Of the labels of workloads, as the API server takes it. */
  readonly selector?: string | undefined
  /** Whether the templates of workloads are kept. */
  readonly templates?: boolean
}

export interface ReadState extends ClusterState {
  /** Whether the pods of all namespaces are there: only then it is known how much of each node is taken. */
  readonly areAllPodsRead: boolean
}

/**
 * Reads what stands where: each resource in pages of 500, trimmed page by page. Rights that lack are told in `missing`, and the rest is
 * read; a workload whose pods may not be listed is left out, for nothing can be said of it. Throws a ClusterError for every other failure.
 *
 * @param ask by default each list is asked for; whoever follows the cluster has them already
 */
export async function readState(wanted: Wanted, reading: Reading, ask: Ask = askOnce(reading)): Promise<ReadState> {
  const refusals = createRefusals()
  const lists = createLists(ask, wanted.namespaces, refusals)
  const [pods, nodes, budgets, owners] = await Promise.all([
    lists.namespaced({ group: '', version: 'v1', plural: 'pods' }, { keep: readPod }),
    lists.ofCluster({ group: '', version: 'v1', plural: 'nodes' }, { keep: readNode }),
    lists.namespaced({ group: 'policy', version: 'v1', plural: 'poddisruptionbudgets' }, { keep: readBudget }),
    readOwners(wanted, lists, refusals),
    findNamespaces(wanted, reading, refusals),
  ])
  if (nodes.refusedIn !== 'nowhere') refusals.tell(withoutNodes)
  return {
    pods: pods.items, nodes: nodes.items, budgets: budgets.items,
    owners: owners.items.filter(({ namespace }) => isReadIn(pods, namespace)),
    wholeKinds: owners.wholeKinds, areNodesKnown: nodes.refusedIn === 'nowhere', missing: refusals.lines(),
    areAllPodsRead: wanted.namespaces === undefined && pods.refusedIn === 'nowhere',
  }
}

const withoutNodes = 'nodes: you may not list them; which of them are gone, their labels and their room are not known'

function isReadIn({ refusedIn }: Listed<unknown>, namespace: string): boolean {
  return refusedIn === 'nowhere' || (refusedIn !== 'everywhere' && !refusedIn.includes(namespace))
}

interface Owners {
  readonly items: readonly SurveyedOwner[]
  readonly wholeKinds: readonly string[]
}

/**
 * Those that are asked for, and what stands between them and their pods; of that the metadata is enough. A kind that is both is read as the
 * first, unless the selector would leave out what only links.
 */
async function readOwners(
  { kinds, optionalKinds = [], selector, templates = false }: Wanted, lists: Lists, refusals: Refusals,
): Promise<Owners> {
  const asked = workloadKinds.filter(kind => kinds.includes(kind) || optionalKinds.includes(kind))
  const between = [...new Set(asked.flatMap(kind => resourceOf(kind).by ?? []))]
    .filter(kind => selector !== undefined || !asked.includes(kind))
  const [workloads, links] = await Promise.all([
    Promise.all(asked.map(async kind => {
      const keep = (object: unknown) => readOwner(kind, object, { isAsked: true, withTemplate: templates })
      const listed = await lists.namespaced(resourceOf(kind), { keep, labelSelector: selector })
      if (listed.isAbsent && kinds.includes(kind)) refusals.tell(`${nameOf(resourceOf(kind))}: this cluster does not have them`)
      return { kind, listed, isWhole: selector === undefined && isWhole(listed) }
    })),
    Promise.all(between.map(async kind => {
      const keep = (object: unknown) => readOwner(kind, object, { isAsked: false, withTemplate: false })
      const listed = await lists.namespaced(resourceOf(kind), { keep, metadataOnly: true })
      return { kind, listed, isWhole: isWhole(listed) }
    })),
  ])
  const all = [...links, ...workloads]
  // What is there as both comes last as a workload.
  const byUid = new Map(all.flatMap(({ listed }) => listed.items.map(owner => [owner.uid, owner] as const)))
  return {
    items: [...byUid.values()],
    wholeKinds: [...new Set(all.filter(one => one.isWhole).map(({ kind }) => `${resourceOf(kind).group}/${kind}`))].toSorted(),
  }
}

function isWhole({ refusedIn, isAbsent }: Listed<unknown>): boolean {
  return refusedIn === 'nowhere' && !isAbsent
}

/** A namespace that was mistyped has no pods, which is no answer. Whoever may not look is not told. */
async function findNamespaces({ namespaces = [] }: Wanted, { connection, signal }: Reading, refusals: Refusals): Promise<void> {
  await Promise.all(namespaces.map(async namespace => {
    try {
      await (await connection.request(`/api/v1/namespaces/${namespace}`, { signal })).text()
    } catch (error) {
      const status = error instanceof ClusterError ? error.status : undefined
      if (status === 404) refusals.tell(`namespace ${namespace}: there is none of that name`)
      else if (status !== 403) throw error
    }
  }))
}
