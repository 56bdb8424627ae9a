import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { distributorSeries } from '../../src/admission/distributor-metrics.ts'
import { createMetrics } from '../../src/admission/metrics.ts'
import { entryName } from '../../src/controllers/webhook-entry.ts'
import { skipReasons } from '../../src/placement/scope.ts'

const chart = join(import.meta.dirname, '../../charts/versprei')
const rules = await readFile(join(chart, 'templates/prometheus-rule.yaml'), 'utf8')
const dashboard = await readFile(join(chart, 'files/dashboard.json'), 'utf8')

/** Every series that Versprei has, and their labels. */
async function readSeries() {
  const { registry } = createMetrics({
    version: '1.2.3', distributors: () => ({ valid: 0, invalid: 0 }), pods: () => 0, nodes: () => 0, reservations: () => 0,
    staleness: () => ({ pods: 0 }), certificateEnd: () => 0, isLeading: () => false, followers: () => 0,
  })
  const names = (await registry.metrics()).match(/^\w+(?=\{| )/gmu) ?? []
  return new Set([...names, ...distributorSeries])
}

void t.test('alerts and dashboard ask for metrics that there are', async t => {
  const series = await readSeries()
  const asked = [...new Set(`${rules}${dashboard}`.match(/\b(?:versprei|process|nodejs)_\w+/gu))]
  t.ok(asked.length > 18, `${asked.length} metrics`)
  t.same(asked.filter(name => !series.has(name)), [])
  t.same([...new Set(`${rules}${dashboard}`.match(/apiserver_admission_webhook_\w+/gu))].toSorted(), [
    'apiserver_admission_webhook_admission_duration_seconds_bucket', 'apiserver_admission_webhook_fail_open_count',
  ])
  t.same([...new Set(`${rules}${dashboard}`.replaceAll('\\"', '"').match(/(?<=name=")[^"]+/gu))], [entryName])
})

void t.test('the reasons that an alert names are those of the code', async t => {
  const reasons = /reason=~"(?<reasons>[^"]+)"/u.exec(rules)?.groups?.['reasons']?.split('|') ?? []
  t.ok(reasons.length > 1)
  t.same(reasons.filter(reason => !skipReasons.some(known => known === reason)), [])
})

void t.test('every alert says what is the matter, what that means, and what to do', async t => {
  const alerts = rules.split('- alert: ').slice(1)
  t.ok(alerts.length >= 14, `${alerts.length} alerts`)
  for (const alert of alerts) {
    const [name = ''] = alert.split('\n')
    t.same(['expr', 'labels', 'summary', 'description', 'runbook'].filter(key => !alert.includes(` ${key}:`)), [], name)
  }
})

void t.test('the panels of the dashboard have ids of their own, a query each, and do not overlap', async t => {
  interface Panel {
    readonly id: number
    readonly gridPos: Readonly<Record<'x' | 'y' | 'w' | 'h', number>>
    readonly targets: readonly unknown[]
  }
  const { panels }: { readonly panels: readonly Panel[] } = JSON.parse(dashboard)
  t.equal(new Set(panels.map(({ id }) => id)).size, panels.length)
  t.same(panels.filter(({ targets }) => targets.length === 0), [])
  const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
    Array.from({ length: w * h }, (_, index) => `${x + index % w} ${y + Math.floor(index / w)}`))
  t.equal(new Set(cells).size, cells.length)
})
