import type { Step } from './steps.ts'
import { failureOf, type History } from './history.ts'

/** The same failure in less: steps are left out, and numbers made smaller, for as long as the history still fails. */
export function shrink(history: History): History {
  const smaller = candidates(history).find(candidate => failureOf(candidate) !== undefined)
  return smaller === undefined ? history : shrink(smaller)
}

function *candidates({ setup, steps }: History): Generator<History> {
  for (let size = Math.floor(steps.length / 2); size >= 1; size = Math.floor(size / 2)) {
    for (let at = 0; at < steps.length; at += size) yield { setup, steps: steps.toSpliced(at, size) }
  }
  if (setup.serving > 1) yield { setup: { ...setup, serving: setup.serving - 1 }, steps }
  for (const [index, step] of steps.entries()) {
    for (const less of lesser(step)) yield { setup, steps: steps.with(index, less) }
  }
  for (let seed = 1; seed <= 3; seed += 1) if (setup.seed > seed) yield { setup: { ...setup, seed }, steps }
}

function lesser(step: Step): readonly Step[] {
  if (step.kind === 'scale') return less(step.to).map(to => ({ ...step, to }))
  if (step.kind === 'evict' || step.kind === 'refuse') return less(step.count).filter(count => count > 0).map(count => ({ ...step, count }))
  if (step.kind === 'run') return less(step.ticks).map(ticks => ({ ...step, ticks }))
  if (step.kind === 'kill') return less(step.calls).map(calls => ({ ...step, calls }))
  return []
}

const less = (count: number): readonly number[] => [...new Set([0, count >> 1, count - 1])].filter(one => one >= 0 && one < count)
