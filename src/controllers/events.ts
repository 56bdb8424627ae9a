import { ClusterError, message } from '../cluster/cluster-error.ts'
import type { Log } from '../cluster/delivery.ts'
import { apiVersion, kind } from '../placement/keys.ts'
import type { Emit, Occurrence } from './emit.ts'
import { NotLeading, type Write } from './write.ts'

export interface EventsOptions {
  readonly write: Write
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** Which replica reports: the pod's name, say. */
  readonly instance: string
  readonly log: Pick<Log, 'warn' | 'debug'>
}

/** Tells people what happened, where `kubectl describe` shows it. */
export interface Events {
  /** Returns at once and never throws: an event that cannot be written, or is one too many, is lost. */
  readonly emit: Emit
}

export const reportingController = 'versprei.io/versprei'

/** Milliseconds in which the same is not said again, and how much of what was said is remembered. */
const memory = 600_000
const mostRemembered = 1000
/** So many at once; then as many a second. */
const burst = 25
const perSecond = 5
/** events.k8s.io/v1 takes a note of 1,024 bytes. */
const longestNote = 1024

/** Writes events of events.k8s.io/v1. The same about the same distributor is said once in ten minutes. */
export function createEvents({ write, now, instance, log }: EventsOptions): Events {
  /** What was said when, the oldest first. */
  const said = new Map<string, number>()
  let [tokens, filled] = [burst, now()]
  let trouble: string | undefined

  const isRepeated = (text: string, at: number): boolean => {
    const before = said.get(text)
    if (before !== undefined && at - before < memory) return true
    said.delete(text)
    if (said.size >= mostRemembered) said.delete(said.keys().next().value ?? '')
    said.set(text, at)
    return false
  }
  const takeToken = (at: number): boolean => {
    tokens = Math.min(burst, tokens + Math.max(0, at - filled) / 1000 * perSecond)
    filled = at
    if (tokens < 1) return false
    tokens -= 1
    return true
  }
  const send = async (occurrence: Occurrence, at: number, text: string): Promise<void> => {
    try {
      const path = `/apis/events.k8s.io/v1/namespaces/${occurrence.regarding.namespace}/events`
      await write(path, { method: 'POST', body: eventOf(occurrence, at, instance) })
      trouble = undefined
    } catch (error) {
      fail(error, text)
    }
  }
  const fail = (error: unknown, text: string): void => {
    // It may be said again: nobody has read it.
    said.delete(text)
    if (error instanceof NotLeading || isTerminating(error)) return
    const what = error instanceof ClusterError ? `${error.status ?? ''} ${error.reason}` : message(error)
    log[what === trouble ? 'debug' : 'warn']({ err: error }, 'an event was not written')
    trouble = what
  }
  return {
    emit(occurrence) {
      const at = now()
      const text = JSON.stringify([occurrence.regarding.uid, occurrence.reason, occurrence.note])
      if (isRepeated(text, at)) return
      if (takeToken(at)) void send(occurrence, at, text)
      else said.delete(text)
    },
  }
}

/** What a namespace on its way out answers: nobody will look for the event. */
function isTerminating(error: unknown): boolean {
  return error instanceof ClusterError && error.status === 403 && error.message.includes('because it is being terminated')
}

function eventOf({ regarding, type, reason, note }: Occurrence, at: number, instance: string): object {
  return {
    apiVersion: 'events.k8s.io/v1', kind: 'Event',
    metadata: { generateName: `${regarding.name}-`, namespace: regarding.namespace },
    // A MicroTime has six digits after the point, no fewer.
    eventTime: new Date(at).toISOString().replace('Z', '000Z'),
    reportingController, reportingInstance: instance.slice(0, 128),
    action: 'Report', reason, type, note: shorten(note),
    regarding: { apiVersion, kind, namespace: regarding.namespace, name: regarding.name, uid: regarding.uid },
  }
}

function shorten(note: string): string {
  const bytes = Buffer.from(note)
  return bytes.length <= longestNote ? note : bytes.subarray(0, longestNote).toString().replace(/\uFFFD+$/u, '')
}
