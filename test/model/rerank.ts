import type { Plan } from '../../src/placement/distributor/plan.ts'
import { rerank } from '../../src/placement/seats/rerank.ts'
import { seatLimit } from '../../src/placement/seats/sequence.ts'
import { seatOf, withSeat } from './model-pod.ts'
import { distributorName, publish, type ModelSet, type World } from './world.ts'

/** Adoption and re-ranking of one revision at rest; strays that stand in a group are adopted by it. No pod moves. */
export function rankSet(world: World, set: ModelSet): void {
  const ranked = [...set.pods.values()].map(pod => ({ uid: pod.uid, group: pod.group, seat: seatOf(pod), created: pod.created }))
  for (const [uid, seat] of rerank(planOf(world).sequenceFor(set.uid), world.claims.length, ranked)) {
    const pod = withSeat(set.pods.get(uid)!, distributorName, seat)
    set.pods.set(uid, pod)
    publish(world, pod.object)
  }
}

export function planOf({ listed: { outcome } }: World): Plan {
  if ('mistakes' in outcome) throw new Error(`the distributor is invalid: ${JSON.stringify(outcome.mistakes)}`)
  return outcome.plan
}

/** Whether a revision's pods hold the first seats of the sequence, each in its group: nothing that happened is left to see. */
export function isPrefix(world: World, set: ModelSet): boolean {
  const sequence = planOf(world).sequenceFor(set.uid)
  const seats = [...set.pods.values()].map(pod => ({ group: pod.group, seat: seatOf(pod) ?? seatLimit }))
  return new Set(seats.map(({ seat }) => seat)).size === seats.length
    && seats.every(({ group, seat }) => seat < seats.length && sequence.groupOf(seat) === group)
}
