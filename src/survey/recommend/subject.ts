import { asMap } from '../../placement/is-map.ts'
import { hostname } from '../../placement/nodes/known-labels.ts'
import type { Amounts, ClusterState, SurveyedNode, SurveyedOwner, SurveyedPod } from '../cluster-state.ts'
import type { Finding } from '../finding.ts'
import { createLabelMatch } from '../label-selector.ts'
import { readRequests } from '../read-amounts.ts'
import { untolerated, isChosen } from '../room/node-filters.ts'
import { readPodToPlace, type PodToPlace } from '../room/pod-to-place.ts'
import type { Refusal } from '../room/refusal.ts'
import type { Room } from '../room/room.ts'

/** A node that a spread constraint of ours would count as a domain, and how many of the workload's pods it has room for now. */
export interface Candidate {
  readonly node: SurveyedNode
  readonly capacity: number
}

/** A workload that is to be spread, and all that is known of where it could stand. */
export interface Subject {
  readonly finding: Finding
  readonly owner: SurveyedOwner
  readonly ask: PodToPlace
  /** Pods to be placed. */
  readonly wanted: number
  /** The label by which its controller tells its revisions apart. */
  readonly revisionLabel: string | undefined
  readonly candidates: readonly Candidate[]
  /** Pods of its namespace that are not its own, and have not ended: a constraint may count them too. */
  readonly others: readonly SurveyedPod[]
  /** Why other nodes would not take a pod now, besides all constraints. */
  readonly refusals: ReadonlyMap<string, Refusal | undefined>
  /** Why nothing can be promised, whatever the change. */
  readonly doubts: readonly string[]
}

const revisionLabels: Readonly<Record<string, string>> = {
  Deployment: 'pod-template-hash', Rollout: 'rollouts-pod-template-hash', StatefulSet: 'controller-revision-hash',
}

/** The answer is a text where the template is none: what is wrong with it. */
export function describe(
  { finding, owner, pods, wanted }: Pick<Subject, 'finding' | 'owner' | 'wanted'> & { readonly pods: readonly SurveyedPod[] },
  state: ClusterState, room: Room,
): Subject | string {
  const revisionLabel = revisionLabels[owner.kind]
  const requests = largest([readRequests(asMap(owner.template)['spec']), ...pods.map(pod => pod.requests)])
  // Any value will do: what its controller will write is another than all that there are.
  const labels = revisionLabel === undefined ? {} : { [revisionLabel]: 'another' }
  const ask = readPodToPlace(owner.template, { namespace: owner.namespace, labels, requests })
  if (typeof ask === 'string') return ask
  const free: PodToPlace = { ...ask, spread: [], apart: [], hostPorts: [] }
  const capacities = room.capacities(free)
  const candidates = state.nodes
    .filter(node => Object.hasOwn(node.labels, hostname) && isChosen(ask, node) && untolerated(ask, node) === undefined)
    .map(node => ({ node, capacity: capacities.get(node.name) ?? 0 }))
  const own = new Set(pods.map(({ uid }) => uid))
  const others = state.pods.filter(pod => pod.namespace === owner.namespace && !own.has(pod.uid)
    && pod.phase !== 'Succeeded' && pod.phase !== 'Failed')
  return {
    finding, owner, ask, wanted, revisionLabel, candidates, others, refusals: room.look(free),
    doubts: doubtsOf({ ask, owner, candidates, others }),
  }
}

/** Of each resource the most: a LimitRange or a webhook may have given its pods more than the template asks for. */
function largest(all: readonly Amounts[]): Amounts {
  const amounts = new Map<string, number>()
  for (const [resource, amount] of all.flatMap(one => Object.entries(one))) {
    amounts.set(resource, Math.max(amount, amounts.get(resource) ?? 0))
  }
  return Object.fromEntries(amounts)
}

function doubtsOf({ ask, owner, candidates, others }: Pick<Subject, 'ask' | 'owner' | 'candidates' | 'others'>): readonly string[] {
  const selects = createLabelMatch(owner.selector)
  const selected = others.filter(({ labels }) => selects(labels)).length
  const hosts = new Set(candidates.map(({ node }) => node.labels[hostname]))
  return [
    ...ask.unseen.map(what => `not reckoned with: ${what}`),
    ...(owner.hasClaims === true ? ['each of its pods has a volume of its own; one that is bound to a node keeps its pod there'] : []),
    ...(ask.apart.length > 0 ? ['not reckoned with: its required pod anti-affinity'] : []),
    ...(selected > 0 ? [`its selector matches ${selected} of others' pods too, which a constraint would count`] : []),
    ...(hosts.size < candidates.length ? [`several nodes have the same value of ${hostname}`] : []),
  ]
}
