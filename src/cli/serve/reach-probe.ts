import { connect } from 'node:tls'
import type { Reach } from '../../controllers/webhook-entry.ts'

export interface ReachProbe {
  /** Whether what the API server is to call leads to somebody, as far as can be told from here. */
  readonly isReached: () => boolean
  readonly stop: () => void
}

/** Milliseconds between two tries, and for one. */
const [every, tryLimit] = [250, 2000]
/** Milliseconds from when it is reached from here until it is from everywhere: each node learns of a new endpoint by a watch. */
const noticeTime = 1000
/** Milliseconds after which nothing is waited for: a network policy may let the API server alone in. */
const longestWait = 5000

function addressOf(reach: Reach): { readonly host: string, readonly port: number } {
  if ('service' in reach) return { host: `${reach.service.name}.${reach.service.namespace}.svc`, port: 443 }
  const { hostname, port } = new URL(reach.url)
  return { host: hostname.replace(/^\[|\]$/gu, ''), port: port === '' ? 443 : Number(port) }
}

/** Whether someone completes a handshake there; who it is, is for the API server to judge. */
function tryOnce(reach: Reach): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect({ ...addressOf(reach), rejectUnauthorized: false, timeout: tryLimit })
    const end = (isReached: boolean): void => {
      socket.destroy()
      resolve(isReached)
    }
    socket.once('secureConnect', () => end(true)).once('timeout', () => end(false)).on('error', () => end(false))
  })
}

/**
 * Tries, from now on, whether calls would arrive: a replica that answers is not yet the endpoint of its Service, and until it is every
 * call would fail. `onReached` is called once.
 */
export function probeReach(reach: Reach, onReached: () => void): ReachProbe {
  let [isReached, isStopped] = [false, false]
  const timers = new Set<NodeJS.Timeout>()
  const after = (milliseconds: number, task: () => void): void => {
    const timer = setTimeout(() => {
      timers.delete(timer)
      task()
    }, milliseconds)
    timers.add(timer.unref())
  }
  const settle = (): void => {
    if (isReached || isStopped) return
    isReached = true
    onReached()
  }
  const look = async (): Promise<void> => {
    const isThere = await tryOnce(reach)
    if (isReached || isStopped) return
    if (isThere) after(noticeTime, settle)
    else after(every, () => void look())
  }
  after(longestWait, settle)
  void look()
  return {
    isReached: () => isReached,
    stop() {
      isStopped = true
      for (const timer of timers) clearTimeout(timer)
    },
  }
}
