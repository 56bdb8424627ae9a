import type { Claim } from '../../src/placement/seats/ideal.ts'
import { check } from './checks.ts'
import { holesIn, settle, tick } from './controllers.ts'
import { rankSet } from './rerank.ts'
import { addSet, changeClaims, podsOf, removePod, type World } from './world.ts'

/** One thing that happens. */
export type Step =
  | { readonly kind: 'scale', readonly to: number }
  | { readonly kind: 'roll', readonly closed: readonly number[] }
  | { readonly kind: 'undo' }
  /** Pods are evicted, or end. */
  | { readonly kind: 'evict', readonly count: number }
  /** Of 100 Ready pods, so many are no longer. */
  | { readonly kind: 'sicken', readonly percent: number }
  | { readonly kind: 'heal' }
  /** Of 100 new pods, so many become Ready late, or not before they are healed. */
  | { readonly kind: 'start', readonly late: number, readonly never: number }
  | { readonly kind: 'refuse', readonly count: number }
  | { readonly kind: 'kill', readonly calls: number }
  | { readonly kind: 'hand-over' }
  | { readonly kind: 'lose-leader', readonly milliseconds: number }
  | { readonly kind: 'cut-follower', readonly milliseconds: number }
  | { readonly kind: 'restart-follower' }
  | { readonly kind: 'change', readonly claims: readonly Claim[] }
  /** Time passes, and the next step meets whatever is under way. */
  | { readonly kind: 'run', readonly ticks: number }
  /** The cluster comes to rest, and is checked; `milliseconds` later again. */
  | { readonly kind: 'settle', readonly milliseconds: number }

export function take(world: World, step: Step): void {
  const { fleet, now } = world
  switch (step.kind) {
    case 'scale': return scale(world, step.to)
    case 'roll': return addSet(world, new Set(step.closed))
    case 'undo': return void (world.current = Math.max(0, world.current - 1))
    case 'evict': return evict(world, step.count)
    case 'sicken': return sicken(world, step.percent / 100)
    case 'heal': return heal(world)
    case 'start': return void Object.assign(world, { late: step.late / 100, never: step.never / 100 })
    case 'refuse': return void (world.toRefuse = step.count)
    case 'kill': return fleet.killSoon(step.calls)
    case 'hand-over': return handOver(world)
    case 'lose-leader': return fleet.loseLeader(now, step.milliseconds)
    case 'cut-follower': return fleet.cutFollower(now, step.milliseconds)
    case 'restart-follower': return fleet.restartFollower(now)
    case 'change': return changeClaims(world, step.claims)
    case 'run': return Array.from({ length: step.ticks }).forEach(() => tick(world))
    case 'settle': return rest(world, step.milliseconds)
  }
}

function scale(world: World, to: number): void {
  world.scaledFrom ??= world.replicas
  world.replicas = to
}

/** Neither may know that a pod is gone: the leader, whose watch is late, nor the next, whose list is newer. Its seat is handed over. */
function handOver({ fleet, sets, now }: World): void {
  for (const { gone } of fleet.leader()?.unseen() ?? []) {
    const excuses = sets.find(({ uid }) => uid === gone?.owner)?.excuses
    if (gone === undefined || excuses === undefined) continue
    excuses.unseenGone.add(gone.uid)
    excuses.phantomAt = now
  }
  fleet.handOver(now)
}

function evict(world: World, count: number): void {
  for (const set of world.sets) {
    for (const uid of world.random.shuffle([...set.pods.keys()]).slice(0, count)) {
      removePod(world, set, uid)
      set.evicted.add(uid)
    }
    // Nobody will replace them.
    if (set.pods.size >= set.wanted) set.excuses.holes += Math.max(holesIn(set), count)
  }
}

function sicken(world: World, share: number): void {
  for (const { pods } of world.sets) {
    for (const pod of pods.values()) {
      if (!pod.ready || !world.random.chance(share)) continue
      const readyAt = world.random.chance(0.5) ? Infinity : world.now + world.random.below(90_000)
      pods.set(pod.uid, { ...pod, ready: false, readySince: undefined, readyAt, restarts: pod.restarts + 1 })
    }
  }
}

export function heal(world: World): void {
  for (const { pods } of world.sets) {
    for (const pod of pods.values()) if (!pod.ready) pods.set(pod.uid, { ...pod, readyAt: Math.min(pod.readyAt, world.now) })
  }
  world.never = 0
}

/** At rest: as it stands, and once more after adoption and re-ranking, which move no pod. */
function rest(world: World, milliseconds: number): void {
  settle(world)
  world.now += milliseconds
  world.fleet.settle(world.now)
  check(world)
  if (world.setup.adoption) rankAll(world)
}

export function rankAll(world: World): void {
  const before = standing(world)
  for (const set of world.sets) rankSet(world, set)
  if (standing(world) !== before) world.violations.push('re-ranking moved a pod')
  world.fleet.settle(world.now)
  check(world)
}

function standing(world: World): string {
  return podsOf(world).map(({ uid, group }) => `${uid} ${group}`).join()
}
