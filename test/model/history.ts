import type { Claim } from '../../src/placement/seats/ideal.ts'
import { settle } from './controllers.ts'
import { seatOf } from './model-pod.ts'
import { createRandom, type Random } from './random.ts'
import { isPrefix } from './rerank.ts'
import { heal, rankAll, take, type Step } from './steps.ts'
import { createWorld, note, removePod, type Setup, type World } from './world.ts'

/** All that a run of the model depends on. */
export interface History {
  readonly setup: Setup
  readonly steps: readonly Step[]
}

export interface Outcome {
  /** What was not as promised; empty: all was. */
  readonly violations: readonly string[]
  readonly seen: ReadonlyMap<string, number>
}

/** Plays a history, to its first violation or to its end, where all has to be exact again. */
export function play({ setup, steps }: History): Outcome {
  const world = createWorld(setup, createRandom(setup.seed))
  for (const [index, step] of steps.entries()) {
    take(world, step)
    note(world, step.kind)
    if (world.violations.length > 0) return { violations: world.violations.map(what => `at step ${index}: ${what}`), seen: world.seen }
  }
  end(world)
  return { violations: world.violations.map(what => `at the end: ${what}`), seen: world.seen }
}

/** What was first not as promised; undefined: nothing. Adds what happened to `seen`. */
export function failureOf(history: History, seen = new Map<string, number>()): string | undefined {
  try {
    const outcome = play(history)
    for (const [what, times] of outcome.seen) seen.set(what, (seen.get(what) ?? 0) + times)
    return outcome.violations[0]
  } catch (error) {
    // Placement never throws either.
    return error instanceof Error ? error.stack ?? error.message : String(error)
  }
}

/** Scaled out beyond its last seat every revision is an exact prefix again, whatever has happened to it. */
function end(world: World): void {
  Object.assign(world, { toRefuse: 0, late: 0 })
  world.fleet.settle(world.now)
  heal(world)
  settle(world)
  world.now += 70_000
  world.fleet.settle(world.now)
  const set = world.sets[world.current]!
  if (!world.setup.adoption) removeStrays(world)
  rankAll(world)
  const last = Math.max(-1, ...set.pods.values().map(pod => seatOf(pod) ?? -1))
  if (set.closed.size > 0 || last > 2000) return
  world.scaledFrom = world.replicas
  world.replicas = last + 1
  settle(world)
  if (isPrefix(world, set)) note(world, 'exact at the end')
  else if (world.setup.adoption) world.violations.push(`${set.uid} is no prefix of ${last + 1} pods after all was mended`)
}

/** Where nothing may be patched, people delete the pods that nobody placed. */
function removeStrays(world: World): void {
  for (const set of world.sets) for (const pod of set.pods.values()) if (seatOf(pod) === undefined) removePod(world, set, pod.uid)
  settle(world)
}

/** What may happen, as often as it is listed. */
const kinds: readonly Step['kind'][] = [
  'scale', 'scale', 'scale', 'scale', 'scale', 'settle', 'settle', 'settle', 'settle', 'run', 'run', 'run',
  'roll', 'roll', 'undo', 'evict', 'evict', 'sicken', 'heal', 'start', 'refuse', 'kill', 'hand-over', 'lose-leader', 'cut-follower',
  'restart-follower', 'change',
]

/** A third of all histories has no fault, a third one kind of fault, a third any. */
const faults = new Set<Step['kind']>(['sicken', 'start', 'refuse', 'kill', 'lose-leader', 'cut-follower', 'change'])

export function historyOf(seed: number): History {
  const random = createRandom(seed ^ 0x5eed)
  const claims = randomClaims(random, 1 + Math.min(random.below(4), random.below(5)))
  const setup: Setup = {
    seed, serving: 1 + random.below(3), claims, adoption: random.chance(0.8), promptWatch: random.chance(0.6),
  }
  const only = random.pick([...faults])
  const flavour = random.below(3)
  const allowed = kinds.filter(kind => !faults.has(kind) || flavour === 2 || (flavour === 1 && kind === only))
  const largest = random.pick([8, 20, 20, 40, 120])
  const steps = Array.from({ length: 4 + random.below(16) }, () => randomStep(random, random.pick(allowed), claims.length, largest))
  return { setup, steps: [{ kind: 'scale', to: 1 + random.below(largest) }, ...steps, { kind: 'settle', milliseconds: 0 }] }
}

function randomClaims(random: Random, groups: number): readonly Claim[] {
  const limited = random.chance(0.3)
  const claims = Array.from({ length: groups }, (_, group): Claim => {
    const weight = 1 + random.below(random.pick([3, 10, 100]))
    const base = limited && random.chance(0.5) ? random.below(4) : 0
    // The first has no max: there has to be one.
    return limited && group > 0 && random.chance(0.5) ? { weight, base, max: base + random.below(8) } : { weight, base }
  })
  return random.shuffle(claims)
}

function randomStep(random: Random, kind: Step['kind'], groups: number, largest: number): Step {
  switch (kind) {
    case 'scale': return { kind, to: random.below(largest + 1) }
    case 'roll': return { kind, closed: groups > 1 && random.chance(0.25) ? [random.below(groups)] : [] }
    case 'evict': return { kind, count: 1 + random.below(5) }
    case 'sicken': return { kind, percent: 1 + random.below(60) }
    case 'start': return { kind, late: random.below(60), never: random.below(20) }
    case 'refuse': return { kind, count: 1 + random.below(25) }
    case 'kill': return { kind, calls: random.below(30) }
    case 'lose-leader':
    case 'cut-follower': return { kind, milliseconds: random.below(random.pick([100, 2000, 20_000])) }
    case 'change': return { kind, claims: randomClaims(random, groups) }
    case 'run': return { kind, ticks: 1 + random.below(4) }
    case 'settle': return { kind, milliseconds: random.chance(0.3) ? 70_000 : 0 }
    case 'undo':
    case 'heal':
    case 'hand-over':
    case 'restart-follower': return { kind }
    default: throw new TypeError(`there is no step ${String(kind)}`)
  }
}
