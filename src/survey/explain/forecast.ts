import type { Plan } from '../../placement/distributor/plan.ts'
import type { Pod } from '../../placement/pod.ts'
import { createRoster, type Roster } from '../../placement/seats/roster.ts'
import { seatLimit } from '../../placement/seats/sequence.ts'
import { ownSeat } from '../../placement/workload.ts'
import { podsToDelete } from '../removal-order.ts'
import { seatsOfRevision } from './revision-standing.ts'
import { asControlled, isActive, type SeenPod } from './seen-pod.ts'

/** What would become of a revision at another number of replicas. */
export interface Forecast {
  readonly replicas: number
  /** Pods that it has now. */
  readonly pods: number
  readonly groups: readonly { readonly name: string, readonly now: number, readonly after: number }[]
  /** The seats that new pods take, in their order. */
  readonly comes: readonly number[]
  /** The pods that go, the first to go first; without group and seat those that hold none. */
  readonly goes: readonly { readonly pod: string, readonly group?: string, readonly seat?: number }[]
  /** Pods that stay and hold no seat: strays, and those that are left alone. */
  readonly seatless: number
  /** Whether other revisions have pods, which are to go first. */
  readonly endsRollout: boolean
}

export interface ForecastFacts {
  readonly plan: Plan
  /** The uid of the revision's owner. */
  readonly owner: string
  /** Its pods. */
  readonly pods: readonly SeenPod[]
  /** Those of all revisions of the workload. */
  readonly related: readonly SeenPod[]
  /** The groups that its pods can never run in. */
  readonly closed: readonly string[]
  readonly replicas: number
  /** The first ordinal of a StatefulSet; undefined for what is no StatefulSet. */
  readonly firstOrdinal: number | undefined
  /** Milliseconds since 1970. */
  readonly now: number
}

/** A pod that stays or goes, and where it sits. */
interface Sitting {
  readonly seen: SeenPod
  readonly group: number | undefined
  readonly seat: number | undefined
}

/**
 * What scaling to `replicas` would leave: pods go in the order of their controller, and each new one takes the seat that admission would
 * give it, where nothing else comes and goes meanwhile.
 */
export function forecast(facts: ForecastFacts): Forecast {
  const { plan, owner, replicas, closed } = facts
  const active = facts.pods.filter(isActive)
  const seats = seatsOfRevision(plan, owner, active)
  const sitting = active.map((seen): Sitting => {
    const group = seats.has(seen.surveyed.uid) ? plan.groupIndex.get(seen.placed?.group ?? '') : undefined
    return { seen, group, seat: seats.get(seen.surveyed.uid) }
  })
  const goes = facts.firstOrdinal === undefined ? removed(facts, sitting) : beyond(sitting, facts.firstOrdinal + replicas)
  const stays = sitting.filter(one => !goes.includes(one))
  const { groups } = plan.distributor
  const roster = createRoster(plan.sequenceFor(owner), groups)
  for (const { group, seen: { placed } } of stays) if (group !== undefined) roster.add({ group, seat: placed?.seat })
  const before = [...countOf(sitting, groups.length)]
  const isOpen = (group: number): boolean => !closed.includes(groups[group]?.name ?? '')
  const comes = facts.firstOrdinal === undefined
    ? chooseSeats(roster, Math.max(0, replicas - stays.length), isOpen)
    : takeOrdinals(roster, missing(stays, facts.firstOrdinal, replicas), isOpen)
  const after = roster.counts()
  return {
    replicas, pods: active.length, comes,
    groups: groups.map(({ name }, group) => ({ name, now: before[group] ?? 0, after: after[group] ?? 0 })),
    goes: goes.map(({ seen, group, seat }) => ({
      pod: seen.surveyed.name, ...group === undefined ? {} : { group: groups[group]?.name ?? '' }, ...seat === undefined ? {} : { seat },
    })),
    seatless: stays.filter(({ group }) => group === undefined).length,
    endsRollout: facts.related.some(one => isActive(one) && one.found.pod.owner?.uid !== owner),
  }
}

function countOf(sitting: readonly Sitting[], groups: number): readonly number[] {
  return Array.from({ length: groups }, (_, group) => sitting.filter(one => one.group === group).length)
}

function removed({ related, replicas, now }: ForecastFacts, sitting: readonly Sitting[]): readonly Sitting[] {
  const byUid = new Map(sitting.map(one => [one.seen.surveyed.uid, one]))
  const controlled = sitting.map(({ seen }) => asControlled(seen))
  const count = Math.max(0, sitting.length - replicas)
  const gone = podsToDelete(controlled, count, now, related.filter(isActive).map(asControlled))
  return gone.flatMap(({ uid }) => byUid.get(uid) ?? [])
}

function chooseSeats(roster: Roster, count: number, isOpen: (group: number) => boolean): readonly number[] {
  return Array.from({ length: count }, () => {
    const chosen = roster.choose(isOpen)
    roster.add(chosen)
    return chosen.seat
  })
}

/** Of a StatefulSet the highest ordinals go first, ready or not. */
function beyond(sitting: readonly Sitting[], end: number): readonly Sitting[] {
  return sitting.filter(one => (ordinalOf(one) ?? -1) >= end).toSorted((a, b) => (ordinalOf(b) ?? 0) - (ordinalOf(a) ?? 0))
}

function missing(stays: readonly Sitting[], first: number, replicas: number): readonly number[] {
  const there = new Set(stays.map(ordinalOf))
  return Array.from({ length: replicas }, (_, index) => first + index).filter(ordinal => !there.has(ordinal))
}

function takeOrdinals(roster: Roster, ordinals: readonly number[], isOpen: (group: number) => boolean): readonly number[] {
  return ordinals.filter(ordinal => ordinal < seatLimit).map(ordinal => {
    const taken = roster.groupAt(ordinal, isOpen)
    if (taken !== undefined) roster.add(taken)
    return ordinal
  })
}

function ordinalOf({ seen: { found: { pod } } }: Sitting): number | undefined {
  return ownSeat(pod satisfies Pod)
}
