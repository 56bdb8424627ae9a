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
  /** For the whole exchange; time in which this process itself could do nothing does not count, see `patience`. */
  readonly timeoutMs: number
}

/** The time limit is counted in so many steps. Where the machine is busy each takes longer, and so may the peer. */
const steps = 15

/**
 * Calls `expire` after so many milliseconds in which an answer could have been read. A burst of pods comes over hundreds of new
 * connections, whose handshakes keep this process from everything else for half a second at a time: that says nothing of the peer. So the
 * time is counted in steps, each from when the last one was seen, and a stall is one step however long it lasts. The turn after a step
 * reads what has come.
 */
function patience(milliseconds: number, expire: () => void): () => void {
  let left = steps
  const step = (): void => {
    left -= 1
    if (left > 0) timer = setTimeout(() => setImmediate(step), milliseconds / steps)
    else expire()
  }
  let timer = setTimeout(() => setImmediate(step), milliseconds / steps)
  return () => {
    left = 0
    clearTimeout(timer)
  }
}

/**
 * Milliseconds for which an answer that nobody waits for is still let in. Breaking off costs the connection, and a peer that answers late
 * has no time for new handshakes. Shorter than a breaker is open: the probe after it finds a connection that is free.
 */
const lateness = 500
/** The same review gets the same answer: it may share a connection with others that wait for theirs. */
const sharesConnection = (path: string): boolean => path === '/mutate'

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
      cancel()
      failure ??= toPeerError(where, error)
      reject(failure)
    }
    const giveUp = (): void => {
      if (isOver) return
      const late = new PeerError('timeout', `${where}: no answer within ${Math.round(timeoutMs)} ms`)
      fail(late)
      if (controller === undefined) return
      cancel = patience(lateness, () => { if (!isOver) controller?.abort(late) })
    }
    let cancel = patience(timeoutMs, giveUp)
    try {
      const isShared = sharesConnection(path)
      dispatcher.dispatch({ origin: url, path, method: 'POST', headers, body, idempotent: isShared, blocking: !isShared }, {
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
          cancel()
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
