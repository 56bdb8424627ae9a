import type { Clock } from '../cluster/clock.ts'
import { ClusterError, message } from '../cluster/cluster-error.ts'
import type { Log } from '../cluster/delivery.ts'
import { createPace } from './pace.ts'
import { createPatchMemory, type PatchOutcome } from './patch-memory.ts'
import { NotLeading, type Write } from './write.ts'

export type { PatchOutcome } from './patch-memory.ts'

/** Names one pod, and no other that may have its name by now. */
export interface PodKey {
  readonly namespace: string
  readonly name: string
  readonly uid: string
}

/** Labels and annotations to set; null takes one away. */
export interface Marks {
  readonly labels?: Readonly<Record<string, string | null>>
  readonly annotations?: Readonly<Record<string, string | null>>
}

/** The one way in which pods are changed: no faster than the API server can well take beside its other work. */
export interface PodPatches {
  /**
   * Never rejects.
   *
   * @param marks a function is asked when it is the pod's turn, which may be seconds later; an outcome: there is nothing to send
   */
  readonly patch: (pod: PodKey, marks: Marks | (() => Marks | PatchOutcome)) => Promise<PatchOutcome>
  /** Whether pods of a namespace may be patched now, as far as is known. */
  readonly mayPatch: (namespace: string) => boolean
  /** Why they may not, but that it is switched off: asked anew a few minutes after it was forbidden, sooner where patches failed. */
  readonly obstacle: (namespace: string) => 'forbidden' | 'resting' | undefined
  /** What became of this pod's last patch, some minutes ago at most, if another is likely to be in vain. */
  readonly vain: (uid: string) => 'refused' | 'failed' | undefined
  /** From now on nothing is sent; what waits has failed. Resolves when nothing is under way. */
  readonly stop: () => Promise<void>
}

export interface PodPatchesOptions {
  readonly write: Write
  readonly clock: Clock
  readonly log: Log
  /** Off: pods are never patched. */
  readonly adoption: boolean
  /** Called after each patch that was done. */
  readonly onPatched: (marks: Marks) => void
}

/** Milliseconds from one patch to the next: 50 a second. */
const spacing = 20
const mostUnderWay = 8

export function createPodPatches({ write, clock, log, adoption, onPatched }: PodPatchesOptions): PodPatches {
  const stopping = new AbortController()
  const memory = createPatchMemory(() => clock.now())
  const underWay = new Set<Promise<PatchOutcome>>()
  const pace = createPace(clock, spacing, mostUnderWay, stopping.signal)

  const mayPatch = (namespace: string): boolean => adoption && memory.obstacle(namespace) === undefined
  const judge = ({ namespace, name, uid }: PodKey, error: unknown): PatchOutcome => {
    const outcome = outcomeOf(error)
    const before = memory.obstacle(namespace)
    memory.note({ namespace, uid }, outcome)
    if (outcome === 'forbidden') {
      if (before !== 'forbidden') log.warn({ err: error, namespace }, 'pods may not be patched: strays are counted only')
    } else if (outcome !== 'gone') log.debug({ err: error, namespace, pod: name }, `a pod was not patched: ${message(error)}`)
    if (error instanceof ClusterError && error.retryAfter !== undefined) pace.hold(error.retryAfter)
    return outcome
  }
  const send = async (pod: PodKey, given: Marks | (() => Marks | PatchOutcome)): Promise<PatchOutcome> => {
    if (stopping.signal.aborted) return 'failed'
    if (!mayPatch(pod.namespace)) return memory.obstacle(pod.namespace) === 'resting' ? 'failed' : 'forbidden'
    const marks = typeof given === 'function' ? given() : given
    if (typeof marks === 'string') return marks
    try {
      await write(`/api/v1/namespaces/${pod.namespace}/pods/${pod.name}`, {
        method: 'PATCH', headers: { 'content-type': 'application/merge-patch+json' },
        // The uid is a precondition: a pod of the same name that came meanwhile has another, and a uid is immutable (422).
        body: { metadata: { uid: pod.uid, ...marks } },
      })
      memory.note(pod, 'done')
      onPatched(marks)
      return 'done'
    } catch (error) {
      return judge(pod, error)
    }
  }
  return {
    mayPatch, obstacle: memory.obstacle, vain: memory.vain,
    patch(pod, marks) {
      const sent = pace.run(() => send(pod, marks))
      underWay.add(sent)
      return sent.finally(() => underWay.delete(sent))
    },
    async stop() {
      stopping.abort()
      await Promise.all(underWay)
    },
  }
}

function outcomeOf(error: unknown): PatchOutcome {
  if (error instanceof NotLeading || !(error instanceof ClusterError)) return 'failed'
  const { status = 0 } = error
  if (status === 404 || (status === 422 && error.message.includes('metadata.uid'))) return 'gone'
  // What a webhook or a policy denies may be a 403 as well; a missing right says so.
  if (status === 403) return error.message.includes('cannot patch resource') ? 'forbidden' : 'refused'
  return status >= 400 && status < 500 && status !== 409 && status !== 429 && status !== 401 ? 'refused' : 'failed'
}
