import { createClaim, type Claim } from './claim.ts'
import { createDeadline, type Clock } from './clock.ts'
import { ClusterError, message, ownReasons } from './cluster-error.ts'
import type { Connection } from './connection.ts'
import type { Log } from './delivery.ts'
import { createHerald } from './herald.ts'
import type { Leader, LeaseNotes } from './lease.ts'
import { createLeaseStore } from './lease-store.ts'
import { createTenure, type Tenure } from './tenure.ts'

export type { Leader } from './lease.ts'

/**
 * Which replica leads, agreed by a Lease, with the rules of client-go's tools/leaderelection/leaderelection.go: another's time runs by our
 * own clock from when we saw its record change, never by the times written in it; a leader that could not renew stops before others begin.
 */

export interface ElectionOptions {
  readonly connection: Pick<Connection, 'request'>
  readonly namespace: string
  /** Of the Lease. */
  readonly name: string
  /** Ourselves. The identity is that of this process alone: another with the same one would share the Lease. */
  readonly candidate: Leader & { readonly url: string }
  /** What is written into the Lease beside our address, whenever it is renewed; default: nothing. */
  readonly notes?: () => LeaseNotes
  /** False while not everything is known: then the Lease is not acquired, though one that is ours is still renewed. */
  readonly mayLead: () => boolean
  /** Monotonic. */
  readonly clock: Clock
  /** Milliseconds since 1970: for the times in the Lease, and to notice that the machine slept. */
  readonly wallNow: () => number
  /** From 0 to below 1. */
  readonly random: () => number
  readonly log: Log
  /** Called after `isLeader()` or `leader()` changed. */
  readonly onChange: () => void
}

export interface Election {
  /** Begins with a look at once. */
  start(): void
  /**
   * Whether the Lease is ours and was renewed within the renew deadline, by the monotonic clock and by the wall clock (a machine that
   * slept): computed at the moment of the call, so that a process that was frozen says no at once.
   */
  isLeader(): boolean
  /** Who holds the Lease as last observed, unless it has expired by our own clock; ourselves when `isLeader()`. */
  leader(): Leader | undefined
  /**
   * The holder `identity` gives the Lease up to us: takes it at once, if that one still holds it (or nobody does), within 2 s. That one
   * must not act as leader from before it asked. Resolves whether it is ours; false also while we may not lead. Never rejects.
   */
  takeFrom(identity: string): Promise<boolean>
  /** Told by a peer that this one leads now: believed until the Lease says otherwise, at most for a lease duration. */
  follow(leader: Leader): void
  /** `to` has taken the Lease from us: from now on it is the leader, and nothing is written when we stop. */
  yield(to: Leader): void
  /** Looks at the Lease now instead of at the next turn; several calls share one look. Never rejects. */
  look(): Promise<void>
  /** Ends it, within 2 s; the Lease, if ours, is released, so that another takes it at once. Never rejects. */
  stop(): Promise<void>
}

/** Milliseconds between two turns: client-go's RetryPeriod; one who does not lead waits up to 1 + JitterFactor times as long. */
const retryPeriod = 2_000
const jitterFactor = 1.2

/** Milliseconds for taking over, and for releasing. */
const handOverTimeout = 2_000

/** Logs a trouble once while it lasts, whatever request it hits. */
function createComplaint(log: Log): (error: unknown, text: string) => void {
  let last: string | undefined
  return (error, text) => {
    const other = error === undefined ? undefined : message(error)
    const trouble = error instanceof ClusterError ? `${error.status} ${error.reason}` : other
    const key = trouble && `${text}: ${trouble}`
    if (key !== undefined && key !== last) log.warn({ err: error }, text)
    last = key
  }
}

interface Turns {
  /** Does `job` instead of what is under way; resolves to undefined when it failed, or something else was begun instead. */
  run<T>(job: (signal: AbortSignal) => Promise<T>, failure: string): Promise<T | undefined>
  look(): Promise<void>
  /** Ends what is under way; what it asked for counts no more. */
  interrupt(): void
  /** Sets the next turn, if there are to be any. */
  next(begun: number): void
  /** From `true` to `false` there are turns. */
  go(on: boolean): void
}

/** One thing at a time is done with the Lease, and then, after a while, the next. */
function createTurns({ clock, random, log }: ElectionOptions, claim: Claim, tenure: Tenure): Turns {
  const complain = createComplaint(log)
  let underWay: { readonly controller: AbortController, readonly done: Promise<unknown> } | undefined
  let isOn = false
  let cancel: (() => void) | undefined
  const interrupt = () => {
    cancel?.()
    underWay?.controller.abort(new ClusterError('interrupted', { reason: ownReasons.closed }))
    underWay = undefined
  }
  const next = (begun: number) => {
    cancel?.()
    const period = tenure.isLeader() ? retryPeriod : retryPeriod * (1 + random() * jitterFactor)
    cancel = isOn ? clock.after(Math.max(0, begun + period - clock.now()), () => void look()) : undefined
  }
  const attempt = async <T>(job: (signal: AbortSignal) => Promise<T>, signal: AbortSignal, failure: string) => {
    const begun = clock.now()
    try {
      const result = await job(signal)
      if (!signal.aborted) complain(undefined, '')
      return result
    } catch (error) {
      if (!signal.aborted) complain(error, failure)
      return undefined
    } finally {
      if (!signal.aborted) {
        underWay = undefined
        next(begun)
      }
    }
  }
  const run: Turns['run'] = (job, failure) => {
    interrupt()
    const controller = new AbortController()
    const done = attempt(job, controller.signal, failure)
    underWay = { controller, done }
    return done
  }
  const look = async () => {
    await (underWay?.done ?? run(claim.turn, 'the Lease could not be read or written; trying again'))
  }
  return { run, look, interrupt, next, go: on => { isOn = on } }
}

async function bounded<T>(job: (signal: AbortSignal) => Promise<T>, clock: Clock, parent: AbortSignal): Promise<T> {
  const late = () => new ClusterError(`not done within ${handOverTimeout} ms`, { reason: ownReasons.timeout })
  const deadline = createDeadline(clock, handOverTimeout, parent, late)
  return job(deadline.signal).finally(() => deadline.end())
}

/** Takes part in the election from `start` on. */
export function createElection(options: ElectionOptions): Election {
  const { namespace, name, candidate, notes = () => ({}), clock, log, mayLead } = options
  const tenure = createTenure(candidate, clock, options.wallNow)
  const { tell, end } = createHerald(tenure, clock, log, options.onChange)
  const claim = createClaim({ store: createLeaseStore(options), tenure, lease: { namespace, name }, candidate, notes, mayLead, tell })
  const turns = createTurns(options, claim, tenure)
  let stopped: Promise<void> | undefined

  const take = async (identity: string) => {
    if (stopped !== undefined || !mayLead()) return false
    const job = (signal: AbortSignal) => claim.take(identity, signal)
    const held = await turns.run(outer => bounded(job, clock, outer), 'the Lease could not be taken over')
    const leader = tenure.leader()
    if (held === false) log.warn({ from: identity, leader }, 'the Lease was not taken over: another holds it, or writes it')
    return held === true && tenure.isLeader()
  }
  const stop = async () => {
    turns.go(false)
    end()
    tenure.end('stopped')
    const release = turns.run(signal => bounded(claim.release, clock, signal), 'the Lease could not be released: it runs out')
    tell()
    await release
  }
  return {
    isLeader: tenure.isLeader,
    leader: tenure.leader,
    start() {
      if (stopped !== undefined) return
      turns.go(true)
      void turns.look()
    },
    takeFrom: take,
    follow(leader) {
      tenure.follow(leader)
      tell()
      // The peer may know better than we do.
      if (tenure.isLeader() && leader.identity !== candidate.identity) void turns.look()
    },
    yield(to) {
      turns.interrupt()
      claim.forget()
      tenure.end('given')
      tenure.follow(to)
      tell()
      turns.next(clock.now())
    },
    look: async () => stopped ?? turns.look(),
    stop: () => stopped ??= stop(),
  }
}
