import pino from 'pino'
import t, { type Test } from 'tap'
import { createMetrics } from '../../src/admission/metrics.ts'
import { createOperationsServer } from '../../src/admission/operations.ts'
import { httpErrors } from '../../src/admission/http-errors.ts'
import { forwardResults } from '../../src/admission/forward.ts'
import { skip, skipReasons } from '../../src/placement/scope.ts'

const serve = async (t: Test) => {
  const state = { more: '', reasons: [] as string[], staleness: {} as Record<string, number> }
  const metrics = createMetrics({
    version: '1.2.3',
    distributors: () => ({ valid: 3, invalid: 1 }), pods: () => 5, nodes: () => 2, reservations: () => 7,
    staleness: () => state.staleness, certificateEnd: () => 1_800_000_000, isLeading: () => true, followers: () => 2,
  })
  const app = createOperationsServer({
    registry: metrics.registry, unready: () => state.reasons, more: async () => state.more, log: pino({ enabled: false }), elapsed: () => 0,
  })
  const url = await app.listen({ port: 0, host: '127.0.0.1' })
  t.teardown(() => app.close())
  const get = async (path: string) => {
    const response = await fetch(`${url}${path}`)
    return { status: response.status, type: response.headers.get('content-type'), text: await response.text() }
  }
  const ours = async () => (await get('/metrics')).text.split('\n').filter(line => line.startsWith('versprei_'))
  return { state, metrics, get, ours }
}

void t.test('healthz is ok, ready or not', async t => {
  const { state, get } = await serve(t)
  state.reasons = ['no']
  t.same(await get('/healthz'), { status: 200, type: 'text/plain; charset=utf-8', text: 'ok\n' })
})

void t.test('readyz says all that is missing, one line each, until nothing is', async t => {
  const { state, get } = await serve(t)
  const type = 'text/plain; charset=utf-8'
  state.reasons = ['no pods', 'no nodes']
  t.same(await get('/readyz'), { status: 503, type, text: 'not ready: no pods\nnot ready: no nodes\n' })
  state.reasons = []
  t.same(await get('/readyz'), { status: 200, type, text: 'ok\n' })
})

void t.test('every series is there from the start, at 0', async t => {
  const { get, ours } = await serve(t)
  t.equal((await get('/metrics')).type, 'text/plain; version=0.0.4; charset=utf-8')
  const counters = (await ours()).filter(line => /_total\{/.test(line))
  t.same(counters.toSorted(), [
    ...['placed', 'audited', 'forwarded'].map(result => `versprei_admission_decisions_total{result="${result}",reason=""} 0`),
    ...forwardResults.map(result => `versprei_forwards_total{result="${result}"} 0`),
    ...skipReasons.map(reason => `versprei_admission_decisions_total{result="skipped",reason="${reason}"} 0`),
    ...Object.keys(httpErrors).map(code => `versprei_http_errors_total{code="${code}"} 0`),
  ].toSorted())
})

void t.test('what is known is read at each scrape', async t => {
  const { state, ours } = await serve(t)
  state.staleness = { pods: 1.5, nodes: 0 }
  t.same((await ours()).filter(line => !/_total|_bucket|_seconds_(?:sum|count)/.test(line)), [
    `versprei_build_info{version="1.2.3",node="${process.version}"} 1`,
    'versprei_pods 5', 'versprei_nodes 2', 'versprei_reservations 7', 'versprei_certificate_end_seconds 1800000000',
    'versprei_distributors{state="valid"} 3', 'versprei_distributors{state="invalid"} 1',
    'versprei_watch_staleness_seconds{resource="pods"} 1.5', 'versprei_watch_staleness_seconds{resource="nodes"} 0',
    'versprei_leader 1', 'versprei_followers 2',
  ])
})

void t.test('decisions are counted by result and reason, and timed', async t => {
  const { metrics, ours } = await serve(t)
  metrics.countDecision({ kind: 'place', distributor: 'web', group: 'spot', seat: 0, patch: [] }, 0.000_03)
  metrics.countDecision(skip('opted-out'), 0.5)
  metrics.countDecision(skip('opted-out'), 0.5)
  metrics.countDecision({ kind: 'place', distributor: 'web', group: 'spot', seat: 0, patch: [], audit: true }, 0.000_03)
  metrics.countDecision({ kind: 'forwarded', answer: '' }, 0.1)
  metrics.countHttpError('too-large')
  const lines = await ours()
  t.same(lines.filter(line => /_total.* [1-9]/.test(line)), [
    'versprei_admission_decisions_total{result="placed",reason=""} 1',
    'versprei_admission_decisions_total{result="audited",reason=""} 1',
    'versprei_admission_decisions_total{result="forwarded",reason=""} 1',
    'versprei_admission_decisions_total{result="skipped",reason="opted-out"} 2',
    'versprei_http_errors_total{code="too-large"} 1',
  ])
  t.same(lines.filter(line => /decision_seconds.*(?:le="(?:0\.000025|0\.00005|0\.1|1)"|_count)/.test(line)), [
    'versprei_admission_decision_seconds_bucket{le="0.000025"} 0', 'versprei_admission_decision_seconds_bucket{le="0.00005"} 2',
    'versprei_admission_decision_seconds_bucket{le="0.1"} 2', 'versprei_admission_decision_seconds_bucket{le="1"} 4',
    'versprei_admission_decision_seconds_count 4',
  ], 'the wait for another replica is not among them')
})

void t.test('what replicas and the leader\'s loops do is counted', async t => {
  const { metrics, ours } = await serve(t)
  metrics.countForward('answered', 0.004)
  metrics.countOwnRace()
  metrics.countPeerRefused()
  metrics.countAdopted(3)
  metrics.countRenumbered(4)
  metrics.countStatusWrite()
  metrics.countExpired(5)
  t.same((await ours()).filter(line => /_total.* [1-9]/.test(line)), [
    'versprei_forwards_total{result="answered"} 1', 'versprei_own_race_decisions_total 1', 'versprei_peer_refusals_total 1',
    'versprei_status_writes_total 1', 'versprei_pods_adopted_total 3', 'versprei_pods_renumbered_total 4',
    'versprei_reservations_expired_total 5',
  ])
  t.ok((await ours()).includes('versprei_forward_seconds_bucket{le="0.005"} 1'))
})

void t.test('what stands beside the registry follows it', async t => {
  const { state, get } = await serve(t)
  state.more = 'versprei_more 1\n'
  t.match((await get('/metrics')).text, /\nversprei_more 1\n$/)
})

void t.test('every metric says what it is', async t => {
  const { metrics } = await serve(t)
  for (const { name, help } of await metrics.registry.getMetricsAsJSON()) {
    t.match(name, /^(?:versprei|process|nodejs)_/)
    t.match(help, /\w{3}/, name)
  }
})
