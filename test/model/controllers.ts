import { createBatch, someNode } from './admission.ts'
import { rollingStep, scaleProportionally } from './deployment.ts'
import { seatOf } from './model-pod.ts'
import { podsToDelete } from '../../src/survey/removal-order.ts'
import { burst } from './replica-set.ts'
import { note, podsOf, removePod, type ModelSet, type World } from './world.ts'

/** One look of everything that runs in the cluster. Returns whether it changed anything. */
export function tick(world: World): boolean {
  world.now += 50 + world.random.below(1000)
  const rolled = syncDeployment(world)
  const synced = world.random.shuffle(world.sets).map(set => syncSet(world, set)).includes(true)
  const readied = startPods(world)
  world.fleet.tick(world.now)
  return rolled || synced || readied
}

function syncDeployment(world: World): boolean {
  const { replicas, scaledFrom, current } = world
  const sets = world.sets.map(({ wanted, pods }) => ({ wanted, available: pods.values().filter(({ ready }) => ready).toArray().length }))
  const wanted = scaledFrom === undefined
    ? rollingStep(replicas, sets, current)
    : scaleProportionally(replicas, scaledFrom, sets, current)
  world.scaledFrom = undefined
  const changed = wanted.some((count, index) => count !== world.sets[index]!.wanted)
  for (const [index, count] of wanted.entries()) {
    const set = world.sets[index]!
    if (count < set.wanted) set.excuses.holes += Math.max(holesIn(set), Math.max(0, set.wanted - set.pods.size))
    set.wanted = count
  }
  return changed || scaledFrom !== undefined
}

/** The ReplicaSet controller: one batch of creations, or all deletions. */
function syncSet(world: World, set: ModelSet): boolean {
  const missing = set.wanted - set.pods.size
  if (set.creating === undefined && missing < 0) {
    scaleIn(world, set, -missing)
    return true
  }
  const { left, batch } = set.creating ?? { left: Math.min(missing, burst), batch: 1 }
  if (left <= 0) {
    set.creating = undefined
    set.evicted.clear()
    return false
  }
  const size = Math.min(left, batch)
  const all = createBatch(world, set, size)
  // What fails ends the sync; the next one starts slowly again.
  set.creating = all && left > size ? { left: left - size, batch: batch * 2 } : undefined
  return true
}

function scaleIn(world: World, set: ModelSet, count: number): void {
  const pods = [...set.pods.values()]
  const removed = podsToDelete(pods, Math.min(count, burst), world.now, podsOf(world))
  const gone = new Set(removed.map(({ uid }) => uid))
  const highest = Math.max(-1, ...pods.filter(({ uid, ready }) => ready && !gone.has(uid)).map(one => seatOf(one) ?? Infinity))
  for (const one of removed) {
    const seat = seatOf(one) ?? Infinity
    if (one.ready && seat < highest) world.violations.push(`scaling in took the Ready pod on seat ${seat} and left one on seat ${highest}`)
  }
  const last = Math.max(-1, ...pods.filter(({ uid }) => !gone.has(uid)).map(one => seatOf(one) ?? Infinity))
  // Of two pods on one seat, one leaves no hole.
  const outOfTurn = removed.filter(one => (seatOf(one) ?? Infinity) < last).length
  for (const { uid } of removed) removePod(world, set, uid)
  set.excuses.holes += Math.max(holesIn(set), outOfTurn)
  note(world, 'scaled in', removed.length)
}

/** The seats that nobody holds, below the highest that somebody does. */
export function holesIn({ pods }: ModelSet): number {
  const seats = new Set(pods.values().map(seatOf).filter(seat => seat !== undefined))
  return Math.max(-1, ...seats) + 1 - seats.size
}

function startPods(world: World): boolean {
  let any = false
  for (const { pods } of world.sets) {
    for (const pod of pods.values()) {
      if (pod.ready || pod.readyAt > world.now) continue
      any = true
      const node = pod.node ?? someNode(world, pod.group)
      pods.set(pod.uid, { ...pod, ready: true, readySince: world.now, phase: 'Running', node })
    }
  }
  return any
}

/** When the next pod will be Ready without anybody's help; Infinity: none will. */
function nextReady(world: World): number {
  return podsOf(world).reduce((next, { ready, readyAt }) => (ready ? next : Math.min(next, readyAt)), Infinity)
}

const longest = 3000

/** Lets the cluster come to rest: no controller has anything to do, and then every watch catches up, and there is a leader. */
export function settle(world: World): void {
  for (let ticks = 0, quiet = 0; quiet < 3; ticks += 1) {
    if (ticks > longest) throw new Error('the model does not come to rest')
    const changed = tick(world)
    const next = nextReady(world)
    quiet = changed || next < Infinity ? 0 : quiet + 1
    if (!changed && next < Infinity) world.now = Math.max(world.now, next)
  }
  world.fleet.settle(world.now)
}
