import type { Socket } from 'node:net'
import { HttpError } from './http-errors.ts'

/**
 * Turns of the event loop after which the end of a connection has been read, if it came before: the last of a request's data and the end
 * come in one turn or in two (libuv's `uv__read` leaves off after a read that does not fill its buffer).
 */
const turns = 3

/**
 * Sends away reviews whose callers have hung up: their pods were created without us, and a seat given out for one would be missed for two
 * minutes. Only when this process has got no time for longer than callers wait: no other call can be as old.
 *
 * @param mayBeLate whether what is read now may have come that long ago
 */
export function refuseHungUp(mayBeLate: () => boolean) {
  return ({ raw: { socket } }: Called, _reply: unknown, done: (error?: Error) => void): void => {
    if (!mayBeLate()) {
      done()
      return
    }
    later(turns, () => done(hasHungUp(socket) ? new HttpError('not-awaited', 'whoever called has hung up') : undefined))
  }
}

/** Of a request, what tells who called. */
interface Called {
  readonly raw: { readonly socket: Pick<Socket, 'destroyed' | 'writable'> }
}

function hasHungUp({ destroyed, writable }: Called['raw']['socket']): boolean {
  return destroyed || !writable
}

function later(turns: number, call: () => void): void {
  setImmediate(() => (turns > 1 ? later(turns - 1, call) : call()))
}
