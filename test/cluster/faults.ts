import type { Replica } from './replica.ts'
import type { Replicas } from './replicas.ts'
import { restartApiServer } from './restart-api-server.ts'

/** What happens to Versprei, or to its way to the API server, in the middle of a burst. */
export interface Fault {
  readonly name: string
  /** Strikes; resolves when it has, with what ends it once the burst is over. */
  readonly strike: (replicas: Replicas) => Promise<() => Promise<void>>
  /** exact: as if nothing had happened. race: within (r + 1) times the bound, and the calls that got no answer, which are adopted. */
  readonly allows: 'exact' | 'race'
  /** Exact again after re-ranking and 20 more pods. */
  readonly mends: boolean
}

/** Milliseconds for which the way to the API server is cut: connections are found broken, and the Lease outlives it (15 s). */
const cutFor = 4000

const nothing = async (): Promise<void> => undefined
const freeze = (choose: (replicas: Replicas) => Promise<Replica>): Fault['strike'] => async replicas => {
  const frozen = await choose(replicas)
  frozen.freeze()
  return async () => {
    frozen.thaw()
    // Only when its own metrics say so too, not the Lease alone: the one that slept may believe that it leads.
    await replicas.leader()
  }
}

/** Every fault, each with what it may cost. */
export const faults = {
  none: { name: 'nothing', strike: async () => nothing, allows: 'exact', mends: false },
  leaderStopped: {
    name: 'the leader stopped by SIGTERM', allows: 'exact', mends: false,
    strike: async replicas => {
      const ended = (await replicas.leader()).stop()
      // Whoever waits for it later hears of a failure then.
      ended.catch(() => undefined)
      return () => ended
    },
  },
  leaderKilled: {
    name: 'the leader killed by SIGKILL', allows: 'race', mends: false,
    strike: async replicas => {
      await (await replicas.leader()).kill()
      return async () => void await replicas.leader()
    },
  },
  followerFrozen: {
    name: 'a follower frozen by SIGSTOP', allows: 'race', mends: true, strike: freeze(async replicas => (await replicas.followers())[0]!),
  },
  leaderFrozen: { name: 'the leader frozen by SIGSTOP', allows: 'race', mends: true, strike: freeze(replicas => replicas.leader()) },
  watchCut: {
    name: 'their way to the API server cut', allows: 'race', mends: true,
    strike: async ({ gate }) => {
      if (gate === undefined) throw new Error('these replicas have no gate that could be cut')
      gate.cut()
      const mended = new Promise<void>(resolve => {
        setTimeout(() => {
          gate.mend()
          resolve()
        }, cutFor)
      })
      return () => mended
    },
  },
  apiServerRestarted: {
    name: 'the API server restarted', allows: 'race', mends: true,
    strike: async () => {
      await restartApiServer()
      return nothing
    },
  },
} as const satisfies Readonly<Record<string, Fault>>
