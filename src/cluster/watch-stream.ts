import { ClusterError, ownReasons, statusError } from './cluster-error.ts'
import { field } from './json-field.ts'
import { parseKey, type ObjectKey } from './object-key.ts'

/** One event of a watch, as the API server sends them: one JSON document a line. */
export interface WatchEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK'
  readonly object: unknown
  readonly key: ObjectKey
  readonly resourceVersion: string
}

const newline = 0x0A

function malformed(where: string, what: string, cause?: unknown) {
  return new ClusterError(`${where}: ${what}`, { reason: ownReasons.malformed }, cause)
}

/**
 * The lines of a stream. A line is decoded once it is whole, so a character may be split over chunks.
 * Throws when a line exceeds `limit` bytes, and when the stream ends in the middle of one: its last event never came whole.
 */
export async function * readLines (chunks: AsyncIterable<Uint8Array>, limit: number, where: string): AsyncGenerator<string> {
  let parts: Uint8Array[] = []
  let held = 0
  const add = (part: Uint8Array) => {
    held += part.length
    if (held > limit) throw malformed(where, `a line of more than ${limit} bytes`)
    parts.push(part)
  }
  for await (const chunk of chunks) {
    let from = 0
    for (let at = chunk.indexOf(newline); at !== -1; at = chunk.indexOf(newline, from)) {
      add(chunk.subarray(from, at))
      const line = Buffer.concat(parts, held).toString('utf8')
      parts = []
      held = 0
      from = at + 1
      yield line
    }
    if (from < chunk.length) add(chunk.subarray(from))
  }
  if (held > 0) throw new ClusterError(`${where}: cut off in the middle of an event`, { reason: ownReasons.network })
}

function isKnown(type: unknown): type is WatchEvent['type'] {
  return type === 'ADDED' || type === 'MODIFIED' || type === 'DELETED' || type === 'BOOKMARK'
}

/** One line of a watch. Throws a ClusterError for an ERROR event (its Status), and for whatever is not an event: nothing is dropped. */
export function parseEvent(line: string, where: string): WatchEvent {
  let event: unknown
  try {
    event = JSON.parse(line)
  } catch (error) {
    throw malformed(where, `a line of ${line.length} characters is not JSON`, error)
  }
  const type = field(event, 'type')
  const object = field(event, 'object')
  if (type === 'ERROR') throw statusError(where, object, {})
  const parsed = parseKey(object)
  if (!isKnown(type)) throw malformed(where, `a line of ${line.length} characters is not a watch event: its type is none of them`)
  if (parsed?.resourceVersion === undefined) throw malformed(where, `an event of type ${type} without a resourceVersion`)
  return { type, object, key: parsed.key, resourceVersion: parsed.resourceVersion }
}

/** The events of a watch's body, in order. */
export async function * readEvents (body: AsyncIterable<Uint8Array>, limit: number, where: string): AsyncGenerator<WatchEvent> {
  for await (const line of readLines(body, limit, where)) {
    if (line.trim() !== '') yield parseEvent(line, where)
  }
}
