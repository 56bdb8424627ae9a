import type { Measurement } from './measure.ts'
import { quantile, spreadOf } from './statistics.ts'
import type { Start } from './product.ts'

/** All that was measured of one server, a measurement a round. */
export interface Result {
  readonly name: string
  readonly rounds: readonly Measurement[]
  /** What only a Versprei has. */
  readonly product: { readonly start: Start, readonly memory: { readonly now: number, readonly peak: number } } | undefined
}

/** A number that has a goal. */
export interface Goal {
  readonly what: string
  readonly measured: string
  readonly goal: string
  readonly met: boolean
}

/** The goals, from the echo's result and those of Versprei with nothing known, with many distributors, and with many pods too. */
export function judge(echo: Result, empty: Result, listed: Result, full: Result): readonly Goal[] {
  const start = full.product?.start
  const memory = Math.max(start?.memory ?? 0, full.product?.memory.now ?? 0)
  return [
    ratioGoal(`CPU a decision, ${empty.name} ÷ echo`, empty, echo, 1.15),
    ratioGoal(`CPU a decision, ${full.name} ÷ echo`, full, echo, 1.15),
    ratioGoal(`CPU a decision, ${listed.name} ÷ ${empty.name}`, listed, empty, 1.05),
    ratioGoal(`CPU a decision, ${full.name} ÷ ${empty.name}`, full, empty, 1.05),
    limitGoal(`resident memory, ${full.name}`, memory, 400, 'MiB', 0),
    limitGoal(`time to sync, ${full.name}`, start?.toSync ?? Number.NaN, 10, 's', 1),
  ]
}

function ratioGoal(what: string, a: Result, b: Result, most: number): Goal {
  const ratios = a.rounds.flatMap((round, index) => round.slices.map((cpu, slice) => cpu / (b.rounds[index]?.slices[slice] ?? Number.NaN)))
  const [median, low, high] = [quantile(ratios, 0.5), quantile(ratios, 0.25), quantile(ratios, 0.75)]
  const total = sum(a) / sum(b)
  const measured = `${median.toFixed(3)} (${low.toFixed(2)}–${high.toFixed(2)}; all together ${total.toFixed(3)})`
  return { what, measured, goal: `≤ ${most.toFixed(2)}`, met: median <= most }
}

function sum({ rounds }: Result): number {
  return rounds.reduce((total, { cpu }) => total + cpu, 0)
}

function limitGoal(what: string, value: number, most: number, unit: string, digits: number): Goal {
  return { what, measured: `${value.toFixed(digits)} ${unit}`, goal: `≤ ${most} ${unit}`, met: value <= most }
}

/** The goals as a table of Markdown. */
export function goalTable(goals: readonly Goal[]): string {
  return table(['what', 'measured', 'goal', ''], goals.map(({ what, measured, goal, met }) => [what, measured, goal, met ? 'met' : '**missed**']))
}

/** What was measured of each server, medians over the rounds. */
export function loadTable(results: readonly Result[]): string {
  return table(['server', 'CPU a request (µs)', 'requests a second', 'p50 (ms)', 'p99 (ms)', 'CPU a pod watched: added, deleted (µs)'], results
    .map(({ name, rounds }) => {
      const of = (read: (round: Measurement) => number | undefined): number => quantile(rounds.map(round => read(round) ?? Number.NaN), 0.5)
      const { median, least, most } = spreadOf(rounds.map(({ cpu }) => cpu))
      const watched = rounds[0]?.watched === undefined
        ? '' : `${of(({ watched }) => watched?.added).toFixed(0)}, ${of(({ watched }) => watched?.deleted).toFixed(0)}`
      return [
        name, `${median.toFixed(1)} (${least.toFixed(1)}–${most.toFixed(1)})`, of(({ perSecond }) => perSecond).toFixed(0),
        of(({ p50 }) => p50).toFixed(2), of(({ p99 }) => p99).toFixed(2), watched,
      ]
    }))
}

/** What starting took, and memory. */
export function startTable(results: readonly Result[]): string {
  const rows = results.flatMap(({ name, product }) => (product === undefined ? [] : [[
    name, product.start.toSync.toFixed(1), product.start.cpu.toFixed(1), (product.start.blocked * 1000).toFixed(0),
    product.start.memory.toFixed(0), product.memory.now.toFixed(0), product.memory.peak.toFixed(0),
  ]]))
  return table([
    'server', 'time to sync (s)', 'CPU to sync (s)', 'event loop blocked at most (ms)', 'memory once synced (MiB)', 'after the load (MiB)', 'peak (MiB)',
  ], rows)
}

/** A table of Markdown. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map(cells => `| ${cells.join(' | ')} |`).join('\n')
}
