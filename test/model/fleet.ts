import { decide, examine, placeAlone, type Decision } from '../../src/placement/decide.ts'
import type { Knowledge } from '../../src/placement/knowledge.ts'
import type { Request } from '../../src/placement/scope.ts'
import { createReplica, type Change, type Replica } from './replica.ts'
import type { Random } from './random.ts'

/** Who answered: the leader, a replica in a race of its own (in which leaderless time), or nobody (the call failed open). */
export interface Answer {
  readonly decision: Decision | undefined
  readonly episode: number | undefined
  /** The leader was killed with this call in flight; earlier ones may be lost with it. */
  readonly killed: boolean
  /** Whoever answered did not know of a change of the plan. */
  readonly outdated: boolean
}

const nobody: Answer = { decision: undefined, episode: undefined, killed: false, outdated: false }

/** The replicas of Versprei, and which of them leads. */
export interface Fleet {
  readonly size: number
  readonly ask: (request: Request, now: number) => Answer
  readonly leader: () => Replica | undefined
  /** Lets time pass: elections, restarts, and the watches, each at its own pace. */
  readonly tick: (now: number) => void
  /** Every watch shows all there is, and somebody leads. */
  readonly settle: (now: number) => void
  /** Every watch shows all there is. */
  readonly catchUp: (now: number) => void
  /** A few changes reach a replica or two. */
  readonly trickle: (now: number) => void
  /** SIGKILL in so many calls. */
  readonly killSoon: (calls: number) => void
  /** SIGTERM: the seats given out go to the next leader, with the Lease. */
  readonly handOver: (now: number) => void
  /** Nobody leads for so long; or one follower does not reach the leader, who goes on. */
  readonly loseLeader: (now: number, milliseconds: number) => void
  readonly cutFollower: (now: number, milliseconds: number) => void
  readonly restartFollower: (now: number) => void
}

interface Member {
  replica: Replica | undefined
  /** When it is back, listed anew. */
  startsAt: number
  cutUntil: number
}

export interface FleetOptions {
  readonly size: number
  readonly log: readonly Change[]
  readonly list: (knowledge: Knowledge) => void
  readonly random: Random
}

/** As the route of a replica that reaches no leader does. */
function decideAlone(replica: Replica, request: Request, now: number): Decision {
  const candidate = examine(replica.knowledge, request)
  return candidate.kind === 'skip' ? candidate : placeAlone(replica.knowledge, replica.ownRace, candidate, now)
}

export function createFleet({ size, log, list, random }: FleetOptions): Fleet {
  const start = (now: number): Replica => createReplica(log, list, now)
  const members = Array.from({ length: size }, (): Member => ({ replica: start(0), startsAt: 0, cutUntil: 0 }))
  let leader: Member | undefined = members[0]
  let electsAt = 0
  let episode = 0
  let callsToKill = Infinity

  const alive = (): readonly Member[] => members.filter(({ replica }) => replica !== undefined)
  const followers = (): readonly Member[] => alive().filter(one => one !== leader)
  const kill = (now: number): void => {
    callsToKill = Infinity
    if (leader === undefined) return
    leader.replica = undefined
    // Back within some seconds; the Lease is the next one's when it has run out.
    leader.startsAt = now + 500 + random.below(20_000)
    leader = undefined
    electsAt = now + random.below(random.pick([200, 20_000]))
    episode += 1
  }
  const revive = (now: number): void => {
    for (const one of members) if (one.replica === undefined && one.startsAt <= now) one.replica = start(now)
  }
  const elect = (now: number): void => {
    if (leader !== undefined || electsAt > now || alive().length === 0) return
    leader = random.pick(alive())
    leader.replica?.lead(now)
    episode += 1
  }
  const answer = (request: Request, now: number): Answer => {
    if (alive().length === 0) return nobody
    const asked = random.pick(alive())
    const leads = leader !== undefined && (asked === leader || asked.cutUntil <= now)
    const { replica } = leads ? leader! : asked
    return {
      decision: leads ? decide(replica!.knowledge, request, now) : decideAlone(replica!, request, now),
      episode: leads ? undefined : episode, killed: false,
      outdated: replica!.unseen().some(({ replans }) => replans),
    }
  }

  return {
    size,
    leader: () => leader?.replica,
    ask(request, now) {
      callsToKill -= 1
      if (callsToKill >= 0 || leader === undefined) return answer(request, now)
      kill(now)
      return { ...nobody, killed: true }
    },
    tick(now) {
      revive(now)
      elect(now)
      for (const { replica } of alive()) {
        if (random.chance(0.8)) replica?.show(now, random.chance(0.6) ? Infinity : random.below(20))
        replica?.expire()
      }
    },
    settle(now) {
      if (callsToKill < Infinity) kill(now)
      for (const one of members) Object.assign(one, { startsAt: now, cutUntil: now })
      electsAt = Math.min(electsAt, now)
      revive(now)
      elect(now)
      for (const { replica } of alive()) {
        replica?.show(now)
        replica?.expire()
      }
    },
    catchUp(now) {
      for (const { replica } of alive()) replica?.show(now)
    },
    trickle(now) {
      if (alive().length > 0) random.pick(alive()).replica?.show(now, random.below(4))
    },
    killSoon(calls) {
      callsToKill = calls
    },
    handOver(now) {
      const before = leader
      const next = followers()[0]
      if (before?.replica === undefined || next?.replica === undefined) return
      next.replica.lead(now)
      next.replica.knowledge.revisions.takeOver(before.replica.knowledge.revisions.handOver())
      Object.assign(before, { replica: undefined, startsAt: now + random.below(5000) })
      leader = next
    },
    loseLeader(now, milliseconds) {
      if (leader === undefined) return
      leader = undefined
      electsAt = now + milliseconds
      episode += 1
    },
    cutFollower(now, milliseconds) {
      const [follower] = followers()
      if (follower === undefined || leader === undefined) return
      follower.cutUntil = now + milliseconds
      episode += 1
    },
    restartFollower(now) {
      const [follower] = followers()
      if (follower !== undefined) follower.replica = start(now)
    },
  }
}
