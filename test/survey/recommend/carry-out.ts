import { asMap, isMap } from '../../../src/placement/is-map.ts'
import { assignPods } from '../../../src/survey/assign.ts'
import type { ClusterState, SurveyedOwner, SurveyedPod } from '../../../src/survey/cluster-state.ts'
import type { Finding } from '../../../src/survey/finding.ts'
import type { Change } from '../../../src/survey/recommend/recommendation.ts'
import { readPodToPlace, type PodToPlace } from '../../../src/survey/room/pod-to-place.ts'
import { createRoom } from '../../../src/survey/room/room.ts'

const path = '/spec/template/spec/topologySpreadConstraints'

/** The template as the API server would store it: a strategic patch of keys that are not there appends. */
export function patched(template: unknown, change: Change): unknown {
  const spec = asMap(asMap(template)['spec'])
  let constraints = Array.isArray(spec['topologySpreadConstraints']) ? spec['topologySpreadConstraints'].filter(isMap) : []
  if (change.kind === 'patch' && change.type === 'strategic') {
    const body = asMap(asMap(asMap(asMap(change.body)['spec'])['template'])['spec'])['topologySpreadConstraints']
    constraints = [...constraints, ...Array.isArray(body) ? body.filter(isMap) : []]
  } else if (change.kind === 'patch') {
    for (const { op, path: at, value } of (Array.isArray(change.body) ? change.body : []).map(asMap)) {
      if (op === 'test') continue
      if (at === path) constraints = Array.isArray(value) ? value.filter(isMap) : []
      else if (at === `${path}/-`) constraints = [...constraints, asMap(value)]
      else constraints = constraints.with(Number(String(at).slice(path.length + 1)), asMap(value))
    }
  }
  return { ...asMap(template), spec: { ...spec, topologySpreadConstraints: constraints } }
}

/** Chooses one of the nodes that would take a pod, as a scheduler that nobody knows. */
export type Choose = (nodes: readonly string[]) => string | undefined

/** recreate: all old pods go first. roll: a new one comes, then an old one goes. replace: an old one goes, then a new one comes. */
export type How = 'recreate' | 'roll' | 'replace'

export interface CarriedOut {
  readonly state: ClusterState
  /** Pods that found no node. */
  readonly waiting: number
}

/** The cluster after the change, each pod placed by `choose` among the nodes that its filters leave. */
export function carryOut(state: ClusterState, { workload }: Finding, change: Change, how: How, choose: Choose): CarriedOut {
  const assigned = assignPods(state).workloads.find(one => one.workload.name === workload.name)
  if (assigned === undefined) throw new Error(`there is no ${workload.name}`)
  const { workload: owner, pods: old } = assigned
  const count = owner.replicas ?? old.length
  const pod = newPod(owner, patched(owner.template, change))
  const oldOnes = new Set(old.map(({ uid }) => uid))
  let pods: readonly SurveyedPod[] = how === 'recreate' ? state.pods.filter(({ uid }) => !oldOnes.has(uid)) : state.pods
  let waiting = 0
  const goes = (when: How, index: number): void => {
    if (how === when) pods = pods.filter(({ uid }) => uid !== old[index]?.uid)
  }
  for (let index = 0; index < count; index += 1) {
    goes('replace', index)
    const open = [...createRoom({ ...state, pods }).look(pod)].flatMap(([name, refusal]) => refusal === undefined ? [name] : [])
    const node = choose(open)
    if (node === undefined) waiting += 1
    else pods = [...pods, standing(pod, owner, `${owner.name}-new-${index}`, node)]
    goes('roll', index)
  }
  pods = pods.filter(({ uid }) => !oldOnes.has(uid))
  return { state: { ...state, pods }, waiting }
}

function newPod(owner: SurveyedOwner, template: unknown): PodToPlace {
  const labels = { 'pod-template-hash': 'new', 'controller-revision-hash': 'new' }
  const pod = readPodToPlace(template, { namespace: owner.namespace, labels, requests: requestsOf(template) })
  if (typeof pod === 'string') throw new Error(pod)
  return pod
}

/** Of the one container that templates of these tests have, in thousandths of a core. */
function requestsOf(template: unknown): { readonly cpu: number } {
  const { containers } = asMap(asMap(template)['spec'])
  const [container] = Array.isArray(containers) ? containers : []
  return { cpu: Number.parseInt(String(asMap(asMap(asMap(container)['resources'])['requests'])['cpu']), 10) }
}

function standing({ namespace, labels, requests }: PodToPlace, owner: SurveyedOwner, name: string, node: string): SurveyedPod {
  const { group, kind, name: ownName, uid } = owner
  return {
    namespace, name, uid: name, labels, annotations: {}, owner: { group, kind, name: ownName, uid }, phase: 'Running', isReady: true, isLeaving: false,
    node, requests, unschedulable: undefined,
  }
}
