import type { PodLists } from '../../src/controllers/list-pods.ts'
import type { Marks, PatchOutcome, PodKey, PodPatches } from '../../src/controllers/pod-patches.ts'
import { isMap } from '../../src/placement/is-map.ts'
import type { Knowledge } from '../../src/placement/knowledge.ts'
import { readPlacedPod } from '../../src/placement/seats/placed-pod.ts'

type Texts = Readonly<Record<string, string>>

export interface PodAtHand {
  readonly metadata: Readonly<Record<string, unknown>> & { readonly name: string, readonly uid: string, labels: Texts, annotations: Texts }
  readonly spec: { readonly nodeName?: string }
}

/** Pods in memory in the place of an API server, and of the watch: `knowledge` sees what is patched. */
export interface PodsAtHand {
  readonly pods: PodAtHand[]
  readonly lists: PodLists
  readonly patches: PodPatches
  /** "which metadata|whole cached?" of each list. */
  readonly listed: string[]
  readonly patched: string[]
  /** What the next patches come to, but `done`. */
  readonly outcomes: PatchOutcome[]
  mayPatch: boolean
  obstacle: 'forbidden' | 'resting' | undefined
  readonly vain: Map<string, 'refused' | 'failed'>
  /** While a patch waits for its turn. */
  turn: () => Promise<void>
  /** When it is sent. */
  sending: () => void
}

const merged = (old: Texts, marks: Readonly<Record<string, string | null>> = {}): Texts =>
  Object.fromEntries(Object.entries({ ...old, ...marks }).filter((entry): entry is [string, string] => entry[1] !== null))

/** A pod of the ReplicaSet `web-5d4f`. */
export const podAtHand = (index: number, nodeName?: string, labels: Texts = {}, annotations: Texts = {}): PodAtHand => ({
  metadata: {
    name: `web-${index}`, uid: `uid-${index}`, namespace: 'shop', creationTimestamp: new Date(index * 1000).toISOString(),
    labels: { app: 'web', 'pod-template-hash': '5d4f', ...labels }, annotations,
    ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web-5d4f', uid: 'rs-1', controller: true }],
  },
  spec: nodeName === undefined ? {} : { nodeName },
})

export const createPodsAtHand = (knowledge: Knowledge): PodsAtHand => {
  const label = 'versprei.io/distributor'
  const show = (pod: PodAtHand) => {
    const placed = readPlacedPod(pod)
    if (placed !== undefined) knowledge.revisions.apply(placed)
  }
  const own: PodsAtHand = {
    pods: [], listed: [], patched: [], outcomes: [], mayPatch: true, obstacle: undefined, vain: new Map(), turn: async () => undefined, sending: () => undefined,
    lists: {
      async list(namespace, which, keep, { metadataOnly = false, cached = false } = {}) {
        own.listed.push(`${namespace === undefined ? 'everywhere ' : ''}${isMap(which) ? which.distributor : which} ${metadataOnly ? 'metadata' : 'whole'}${cached ? ' cached' : ''}`)
        return own.pods.filter(({ metadata: { labels } }) =>
          which === 'all' || (which === 'unplaced' ? !(label in labels) : labels[label] === which.distributor)).flatMap(pod => {
          const kept = keep(metadataOnly ? { metadata: pod.metadata } : pod)
          return kept === undefined ? [] : [kept]
        })
      },
    },
    patches: {
      mayPatch: () => own.mayPatch && own.obstacle === undefined,
      obstacle: () => own.obstacle,
      vain: uid => own.vain.get(uid),
      stop: async () => undefined,
      async patch({ uid }: PodKey, given: Marks | (() => Marks | PatchOutcome)) {
        await own.turn()
        const marks = typeof given === 'function' ? given() : given
        if (typeof marks === 'string') return marks
        own.sending()
        const { labels, annotations } = marks
        const outcome = own.outcomes.shift() ?? 'done'
        const pod = own.pods.find(({ metadata }) => metadata.uid === uid)
        if (outcome === 'forbidden') own.obstacle = outcome
        if (outcome === 'refused' || outcome === 'failed') own.vain.set(uid, outcome)
        if (outcome !== 'done' || pod === undefined) return outcome
        pod.metadata.labels = merged(pod.metadata.labels, labels)
        pod.metadata.annotations = merged(pod.metadata.annotations, annotations)
        own.patched.push(pod.metadata.name)
        show(pod)
        return outcome
      },
    },
  }
  return own
}
