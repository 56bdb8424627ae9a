import { claimed, released, type Leader, type LeaseName, type LeaseNotes, type LeaseRecord } from './lease.ts'
import type { LeaseStore } from './lease-store.ts'
import type { Tenure } from './tenure.ts'

export interface ClaimOptions {
  readonly store: LeaseStore
  readonly tenure: Tenure
  readonly lease: LeaseName
  readonly candidate: Leader
  /** What is written beside the spec with every claim. */
  readonly notes: () => LeaseNotes
  readonly mayLead: () => boolean
  /** Called after every step that may have changed who leads. */
  readonly tell: () => void
}

/** What a replica does with the Lease. All throw what the store throws. */
export interface Claim {
  /** Renews the Lease, or looks who holds it and acquires it if it may. */
  readonly turn: (signal: AbortSignal) => Promise<void>
  /** Whether it is ours now: nobody but `identity` held it, and nobody was faster. */
  readonly take: (identity: string, signal: AbortSignal) => Promise<boolean>
  /** Gives the Lease back if it is ours; asks nothing when we never wrote it. */
  readonly release: (signal: AbortSignal) => Promise<void>
  /** What we wrote is overwritten: nothing of it is to be released. */
  readonly forget: () => void
}

/** How often one turn looks again when others write at the same time. */
const tries = 3

export function createClaim({ store, tenure, lease, candidate, notes, mayLead, tell }: ClaimOptions): Claim {
  /** Also when a write failed: it may have reached the API server. */
  let mayHold = false
  const look = async (signal: AbortSignal) => {
    const asked = tenure.moment().at
    const seen = await store.read(signal)
    if (seen?.holder !== undefined && seen.holder !== candidate.identity) mayHold = false
    tenure.observe(seen, asked)
    tell()
    return seen
  }
  const write = async (over: LeaseRecord | undefined, signal: AbortSignal) => {
    const moment = tenure.moment()
    mayHold = true
    const written = await store.write(over, claimed(over, lease, candidate, moment.wall, notes()), signal)
    if (written === undefined) return false
    tenure.renew(written, moment)
    tell()
    return true
  }
  return {
    async turn(signal) {
      tell()
      const known = tenure.lease()
      if (tenure.isLeader() && known !== undefined && await write(known, signal)) return
      for (let n = 0; n < tries; n++) {
        const seen = await look(signal)
        if (!tenure.isLeader() && !(mayLead() && tenure.isFree())) return
        if (await write(seen, signal)) return
      }
    },
    async take(identity, signal) {
      for (let n = 0; n < tries; n++) {
        const seen = await look(signal)
        if (seen?.holder !== undefined && !['', identity, candidate.identity].includes(seen.holder)) break
        if (await write(seen, signal)) return true
      }
      return false
    },
    async release(signal) {
      for (let n = 0; mayHold && n < tries; n++) {
        const seen = await store.read(signal)
        if (seen?.holder !== candidate.identity) return
        mayHold = await store.write(seen, released(seen, tenure.moment().wall), signal) === undefined
      }
    },
    forget: () => { mayHold = false },
  }
}
