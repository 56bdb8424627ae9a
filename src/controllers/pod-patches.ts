import type { Clock } from '../cluster/clock.ts'
import { ClusterError, message } from '../cluster/cluster-error.ts'
import type { Log } from '../cluster/delivery.ts'
import { createPace } from './pace.ts'
import { NotLeading, type Write } from './write.ts'

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

/**
 * `gone`: there is no such pod any more. `forbidden`: we have no right to patch pods there. `refused`: the API server, or a policy, will not have
 * it. `failed`: it was not done this time.
 */
export type PatchOutcome = 'done' | 'gone' | 'forbidden' | 'refused' | 'failed'

/** The one way in which pods are changed: no faster than the API server can well take beside its other work. */
export interface PodPatches {
  /** Never rejects. */
  readonly patch: (pod: PodKey, marks: Marks) => Promise<PatchOutcome>
  /** Whether pods of a namespace may be patched, as far as is known: asked anew a few minutes after it was refused. */
  readonly mayPatch: (namespace: string) => boolean
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
/** Milliseconds until it is seen whether the right has been given meanwhile. */
const forbiddenFor = 300_000

export function createPodPatches({ write, clock, log, adoption, onPatched }: PodPatchesOptions): PodPatches {
  const stopping = new AbortController()
  const forbidden = new Map<string, number>()
  const underWay = new Set<Promise<PatchOutcome>>()
  const pace = createPace(clock, spacing, mostUnderWay, stopping.signal)

  const mayPatch = (namespace: string): boolean => adoption && clock.now() >= (forbidden.get(namespace) ?? -Infinity)
  const judge = ({ namespace, name }: PodKey, error: unknown): PatchOutcome => {
    const outcome = outcomeOf(error)
    if (outcome === 'forbidden') {
      if (mayPatch(namespace)) log.warn({ err: error, namespace }, 'pods may not be patched: strays are counted only')
      forbidden.set(namespace, clock.now() + forbiddenFor)
    } else if (outcome !== 'gone') log.debug({ err: error, namespace, pod: name }, `a pod was not patched: ${message(error)}`)
    if (error instanceof ClusterError && error.retryAfter !== undefined) pace.hold(error.retryAfter)
    return outcome
  }
  const send = async (pod: PodKey, marks: Marks): Promise<PatchOutcome> => {
    if (stopping.signal.aborted) return 'failed'
    if (!mayPatch(pod.namespace)) return 'forbidden'
    try {
      await write(`/api/v1/namespaces/${pod.namespace}/pods/${pod.name}`, {
        method: 'PATCH', headers: { 'content-type': 'application/merge-patch+json' },
        // The uid is a precondition: a pod of the same name that came meanwhile has another, and a uid is immutable (422).
        body: { metadata: { uid: pod.uid, ...marks } },
      })
      onPatched(marks)
      return 'done'
    } catch (error) {
      return judge(pod, error)
    }
  }
  return {
    mayPatch,
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
