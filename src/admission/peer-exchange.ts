import type { Dispatcher } from 'undici'
import { PeerError, toPeerError } from './peer-error.ts'

export interface PeerAnswer {
  readonly status: number
  readonly text: string
}

export interface PeerCall {
  /** `https://host:port`. */
  readonly url: string
  readonly path: string
  /** JSON. */
  readonly body: string
  /** For the whole exchange. */
  readonly timeoutMs: number
}

/**
 * Milliseconds for which an answer that nobody waits for is still let in. Breaking off costs the connection, and a peer that answers late
 * has no time for new handshakes. Shorter than a breaker is open: the probe after it finds a connection that is free.
 */
const lateness = 500

const headers = { 'content-type': 'application/json', 'user-agent': 'versprei' }

/**
 * One POST and its answer, or a {@link PeerError}. It speaks to undici's dispatcher itself: `request()` makes a stream of each answer,
 * which costs more than all the rest of a call.
 */
export function exchange(dispatcher: Dispatcher, { url, path, body, timeoutMs }: PeerCall): Promise<PeerAnswer> {
  return new Promise((resolve, reject) => {
    const where = `POST ${url}${path}`
    const chunks: Buffer[] = []
    let status = 0
    let controller: Dispatcher.DispatchController | undefined
    let failure: PeerError | undefined
    let isOver = false
    const fail = (error: unknown): void => {
      clearTimeout(timer)
      failure ??= toPeerError(where, error)
      reject(failure)
    }
    const giveUp = (): void => {
      if (isOver) return
      const late = new PeerError('timeout', `${where}: no answer within ${Math.round(timeoutMs)} ms`)
      fail(late)
      if (controller === undefined) return
      timer = setTimeout(() => setImmediate(() => { if (!isOver) controller?.abort(late) }), lateness)
    }
    // Timers come before arrivals in the event loop: after a stall of our own the answer may be here, unread. One turn reads it.
    let timer = setTimeout(() => setImmediate(giveUp), timeoutMs)
    try {
      dispatcher.dispatch({ origin: url, path, method: 'POST', headers, body }, {
        onRequestStart(started) {
          // It waited for a connection until nobody waited for it. Thrown, it is not sent; aborted, it would take the connection with it.
          if (failure !== undefined) throw failure
          controller = started
        },
        onResponseStart(_controller, code) {
          status = code
        },
        onResponseData(_controller, chunk) {
          chunks.push(chunk)
        },
        onResponseEnd() {
          isOver = true
          clearTimeout(timer)
          resolve({ status, text: Buffer.concat(chunks).toString() })
        },
        onResponseError(_controller, error) {
          isOver = true
          fail(error)
        },
      })
    } catch (error) {
      fail(error)
    }
  })
}
