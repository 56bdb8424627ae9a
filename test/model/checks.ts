import { roomBeyondBase, type Claim } from '../../src/placement/seats/ideal.ts'
import { seatLimit } from '../../src/placement/seats/sequence.ts'
import { exactIdeal, type Ratio } from '../placement/seats/exact-ideal.ts'
import { isExcused, noExcuses, wrongPods } from './excuses.ts'
import { seatOf } from './model-pod.ts'
import { isPrefix } from './rerank.ts'
import { note, type ModelSet, type World } from './world.ts'

/** Holds every revision against what is promised of it. The world is at rest. */
export function check(world: World): void {
  for (const set of world.sets) {
    const { excuses, closed } = set
    if (closed.size > 0) checkClosed(world, set)
    else {
      if (!excuses.changed) checkDeviation(world, set)
      if (!isExcused(excuses) && !isPrefix(world, set)) report(world, set, 'is no prefix of the sequence')
    }
    if (excuses.races.size === 0) checkSeats(world, set)
    if (excuses.races.size === 0 && excuses.strays === 0 && !excuses.changed) checkMax(world, set)
    forgive(world, set)
  }
}

/** Once it is an exact prefix again, and no reservation of a refused pod is left, there is nothing to excuse. */
function forgive(world: World, set: ModelSet): void {
  const { excuses, closed } = set
  if (world.now - excuses.phantomAt < 61_000) return
  if (set.pods.size === 0 || (closed.size === 0 && isPrefix(world, set))) set.excuses = noExcuses()
}

export function countsOf(world: World, set: ModelSet): readonly number[] {
  const counts = world.claims.map(() => 0)
  for (const { group } of set.pods.values()) counts[group]! += 1
  return counts
}

/** |pods − ideal| ≤ (1 + r · leaderless times) · (1 − 1/(2k−2)) + pods that may be wrong. The ideal of several races adds up only without base and max. */
function checkDeviation(world: World, set: ModelSet): void {
  const { excuses } = set
  const { claims } = world
  const plain = claims.every(({ base, max }) => base === 0 && max === undefined)
  if (excuses.races.size > 0 && !plain) return note(world, 'races with base or max')
  const times = 1 + world.setup.serving * excuses.races.size
  const counts = countsOf(world, set)
  const wanted = exactIdeal(claims, set.pods.size)
  const k = weighted(claims)
  for (const [group, count] of counts.entries()) {
    const off = deviationOf(count, wanted[group]!)
    if (exceeds(off, times, k, wrongPods(excuses))) {
      report(world, set, `stands ${counts.join('/')}, group ${group} beyond ${times} times the bound + ${wrongPods(excuses)}`)
    }
  }
  note(world, isExcused(excuses) ? 'checked with faults' : 'checked exactly')
}

function weighted(claims: readonly Claim[]): number {
  return claims.filter(claim => roomBeyondBase(claim) > 0).length
}

function deviationOf(count: number, { top, bottom }: Ratio): Ratio {
  const difference = BigInt(count) * bottom - top
  return { top: difference < 0n ? -difference : difference, bottom }
}

/** Whether off > times · (1 − 1/(2k−2)) + wrong, exactly. */
function exceeds({ top, bottom }: Ratio, times: number, k: number, wrong: number): boolean {
  const scale = BigInt(Math.max(1, 2 * k - 2))
  return top * scale > (BigInt(times) * (scale - 1n) + BigInt(wrong) * scale) * bottom
}

/** No two pods of a group hold one seat. */
function checkSeats(world: World, set: ModelSet): void {
  const held = new Set<string>()
  for (const pod of set.pods.values()) {
    const seat = seatOf(pod)
    // What a group has beyond its max holds no seat of the sequence but the last of all.
    if (seat === undefined || seat === seatLimit - 1) continue
    const own = `${pod.group} ${seat}`
    if (held.has(own)) report(world, set, `has two pods of group ${pod.group} on seat ${seat}`)
    held.add(own)
  }
}

function checkMax(world: World, set: ModelSet): void {
  const counts = countsOf(world, set)
  for (const [group, { max = Infinity }] of world.claims.entries()) {
    if (counts[group]! > max) report(world, set, `has ${counts[group]!} pods in group ${group}, whose max is ${max}`)
  }
}

/** Where a group is closed none of the pods is in it, and the others keep their shares among themselves. */
function checkClosed(world: World, set: ModelSet): void {
  const counts = countsOf(world, set)
  const { excuses, closed } = set
  if (isExcused(excuses)) return
  // Where each open group has a max, pods beyond those keep their own group, and wait; they are not moved when there is room again.
  if (world.claims.every((claim, group) => closed.has(group) || roomBeyondBase(claim) < Infinity)) return
  for (const group of closed) {
    if (counts[group]! > 0) report(world, set, `has pods in group ${group}, which is closed for them`)
  }
  note(world, 'checked closed')
}

function report({ violations, claims, setup, now }: World, { uid, pods, excuses }: ModelSet, what: string): void {
  const excused = { ...excuses, races: excuses.races.size, unseenGone: excuses.unseenGone.size, phantomAt: now - excuses.phantomAt }
  violations.push(`${uid} of ${pods.size} pods ${what}; ${JSON.stringify({ claims, serving: setup.serving, excused })}`)
}
