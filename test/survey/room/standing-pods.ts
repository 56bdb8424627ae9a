import type { Amounts, SurveyedNode, SurveyedPod } from '../../../src/survey/cluster-state.ts'
import { readPodToPlace, type PodToPlace } from '../../../src/survey/room/pod-to-place.ts'

/** A ready node with 4 cores, 8 GiB and room for 110 pods. */
export function node(name: string, over: Partial<SurveyedNode> = {}): SurveyedNode {
  return {
    name, taints: [], isReady: true, isUnschedulable: false, allocatable: { cpu: 4000, memory: 8 * 2 ** 30, pods: 110 }, ...over,
    labels: { 'kubernetes.io/hostname': name, ...over.labels },
  }
}

let count = 0

/** A pod that runs on a node; `app: web` in namespace `shop`. */
export function standing(on: string | undefined, over: Partial<SurveyedPod> = {}): SurveyedPod {
  count += 1
  return {
    namespace: 'shop', name: `pod-${count}`, uid: `uid-${count}`, labels: { app: 'web' }, annotations: {}, owner: undefined, phase: 'Running',
    isReady: true, isLeaving: false, node: on, requests: { cpu: 1000 }, unschedulable: undefined, ...over,
  }
}

/** A pod of `shop` with the label `app: web` that asks for a core. */
export function toPlace(spec: object = {}, over: { readonly requests?: Amounts, readonly labels?: Readonly<Record<string, string>> } = {}): PodToPlace {
  const template = { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'app', image: 'app' }], ...spec } }
  const pod = readPodToPlace(template, { namespace: 'shop', requests: { cpu: 1000 }, ...over })
  if (typeof pod === 'string') throw new Error(pod)
  return pod
}

/** A hard constraint with maxSkew 1 over the pods `app: web`. */
export function spreadOver(topologyKey: string, over: object = {}): object {
  return { maxSkew: 1, topologyKey, whenUnsatisfiable: 'DoNotSchedule', labelSelector: { matchLabels: { app: 'web' } }, ...over }
}
