import { goalTable, table, type Goal } from '../report.ts'
import { quantile } from '../statistics.ts'
import { rate, type ApiServerCounts, type ApiServerResult, type Growth, type Steady } from './measure-api-server.ts'
import type { Slice } from './steady.ts'
import { together } from './webhook-durations.ts'

/** All slices of one webhook taken together. */
interface Summary {
  readonly calls: number
  /** Of all calls. */
  readonly within5: number
  /** Milliseconds, as the API server counts. */
  readonly mean: number
  /** Milliseconds, at the balancer. */
  readonly p50: number
  readonly p99: number
  readonly failedOpen: number
}

function summarize(slices: readonly Slice[]): Summary {
  const { calls, within5, seconds, failedOpen } = together(slices.map(({ durations }) => durations))
  const all = slices.flatMap(slice => slice.calls)
  return { calls, within5: within5 / calls, mean: seconds / calls * 1000, p50: quantile(all, 0.5), p99: quantile(all, 0.99), failedOpen }
}

const percent = (part: number): string => `${(part * 100).toFixed(2)} %`
const named = (replicas: number): string => `Versprei, ${replicas} ${replicas === 1 ? 'replica' : 'replicas'}`
const byReplicas = (replicas: number): string => `beside ${replicas === 1 ? 'one' : replicas}`

function steadyGoals({ replicas, versprei, constant }: Steady): readonly Goal[] {
  const [ours, theirs] = [summarize(versprei), summarize(constant)]
  const beyond = ours.p99 - theirs.p99
  const [within, p99] = [`calls within 5 ms, ${named(replicas)}`, `p99 beyond the constant webhook's, ${named(replicas)}`]
  return [
    { what: within, measured: percent(ours.within5), goal: '≥ 99 %', met: ours.within5 >= 0.99 },
    { what: p99, measured: `${beyond.toFixed(2)} ms`, goal: '≤ 2 ms', met: beyond <= 2 },
  ]
}

function growthGoal(growth: readonly Growth[], pods: number): Goal {
  const ratios = growth.map(({ placed, alone }) => placed / alone)
  const median = quantile(ratios, 0.5)
  const measured = `${median.toFixed(2)} (${ratios.map(ratio => ratio.toFixed(2)).join(', ')})`
  const what = `time from 10 to ${pods.toLocaleString('en')} Ready pods ÷ without a webhook`
  return { what, measured, goal: '≤ 1.25', met: median <= 1.25 }
}

/** The goals at the API server. */
export function judgeApiServer({ steady, growth }: ApiServerResult, { pods }: ApiServerCounts): readonly Goal[] {
  return [...steady.flatMap(steadyGoals), growthGoal(growth, pods)]
}

/** What was measured at the API server, as Markdown below a heading of its own. */
export function writeApiServer(result: ApiServerResult, counts: ApiServerCounts, origin: readonly string[]): string {
  const goals = judgeApiServer(result, counts)
  const missed = goals.filter(({ met }) => !met)
  const rows = result.steady.flatMap(({ replicas, versprei, constant }) => [
    [named(replicas), summarize(versprei)] as const, [`constant webhook, ${byReplicas(replicas)}`, summarize(constant)] as const,
  ])
  const seconds = (milliseconds: number): string => (milliseconds / 1000).toFixed(1)
  return [
    ...origin,
    `- ${rate} pods a second, ${counts.slices} slices of ${counts.sliceLength} s for each webhook; ${counts.pairs} pairs of growth`, '',
    missed.length === 0 ? 'Every goal is met.' : `**Missed: ${missed.map(({ what }) => what).join('; ')}.**`, '',
    goalTable(goals), '',
    table(['webhook', 'calls', 'within 5 ms', 'mean (ms)', 'p50 (ms)', 'p99 (ms)', 'failed open'], rows.map(([name, row]) => [
      name, `${row.calls}`, percent(row.within5), row.mean.toFixed(2), row.p50.toFixed(2), row.p99.toFixed(2), `${row.failedOpen}`,
    ])), '',
    table(['pair', 'with Versprei (s)', 'without a webhook (s)'], result.growth.map(({ placed, alone }, index) =>
      [`${index + 1}`, seconds(placed), seconds(alone)])), '',
  ].join('\n')
}
