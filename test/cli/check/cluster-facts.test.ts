import t from 'tap'
import { createApi } from '../../../src/cli/check/api.ts'
import type { Asked } from '../../../src/cli/check/asked.ts'
import { judgeClock } from '../../../src/cli/check/clock.ts'
import { leastDifference, offsetOf, tellTime } from '../../../src/cli/check/clock-offset.ts'
import { judgeCluster } from '../../../src/cli/check/cluster.ts'
import { compare, judgeCrd } from '../../../src/cli/check/crd.ts'
import { isDoubtful, judgeLeader, leaderOffset, type LeaseLook, type Looks } from '../../../src/cli/check/leader.ts'
import { parseLease } from '../../../src/cluster/lease.ts'
import { lease } from './installation.ts'

const found = <T>(value: T): Asked<T> => ({ kind: 'found', value })

void t.test('the cluster is one, and new enough', async t => {
  const cases = [
    { version: { major: '1', minor: '30+' }, want: { status: 'ok' } },
    { version: { major: '1', minor: '36', gitVersion: 'v1.36.3' }, want: { status: 'ok', found: 'https://x, Kubernetes v1.36.3' } },
    { version: { major: '2', minor: '0' }, want: { status: 'ok' } },
    { version: { major: '1', minor: '29' }, want: { status: 'fail', advice: 'Versprei needs Kubernetes 1.30 or later' } },
    { version: 'welcome', want: { status: 'warn' } },
  ]
  for (const { version, want } of cases) t.match(judgeCluster('https://x', found(JSON.stringify(version))), want)
  t.match(judgeCluster('https://x', found('<html>')), { status: 'warn' })
})

void t.test('an API server that does not answer is given up, and told', async t => {
  // As a socket would, it keeps the process alive.
  const open = setInterval(() => undefined, 1000)
  t.teardown(() => clearInterval(open))
  const never = createApi({
    request: (_, { signal } = {}) => new Promise((_resolve, reject) => {
      signal?.addEventListener('abort', () => reject(signal.reason))
    }),
  }, () => 0, 20)
  const want = { status: 'fail', found: 'https://x is not reached: no answer within 0.02 s' }
  t.match(judgeCluster('https://x', await never.text('/version')), want)
})

void t.test('schemas are compared by what they mean, not by their prose', async t => {
  const wanted = { description: 'a', properties: { description: { type: 'string' }, b: { maximum: 1, enum: ['x'] } } }
  t.same(compare({ ...wanted, description: 'b' }, wanted), { lacks: [], more: [], other: [] })
  t.same(compare({ properties: { b: { maximum: 2, enum: ['x', 'y'] }, c: {} } }, wanted), {
    lacks: ['properties.description'], more: ['properties.c'], other: ['properties.b.maximum', 'properties.b.enum'],
  })
})

void t.test('the CRD is there, served, Established, and as it was shipped', async t => {
  const crd = (schema: object, { served = true, status = 'True' } = {}) => ({
    spec: { versions: [{ name: 'v1beta1', served, schema: { openAPIV3Schema: schema } }] },
    status: { conditions: [{ type: 'Established', status, message: 'soon' }] },
  })
  const shipped = crd({ properties: { spec: { properties: { max: { maximum: 1 } } } } })
  const by = { kind: 'release', name: 'place', namespace: 'platform' } as const
  const cases: readonly { name: string, asked: Asked, shipped?: object | null, want: object }[] = [
    { name: 'as shipped', asked: found(shipped), want: { status: 'ok' } },
    { name: 'older', asked: found(crd({ properties: { spec: { properties: {} } } })),
      want: { status: 'warn', found: /^older.*: it lacks spec\.max$/ } },
    { name: 'other', asked: found(crd({ properties: { spec: { properties: { max: { maximum: 9 } } } } })),
      want: { status: 'warn', found: /: spec\.max\.maximum$/ } },
    { name: 'newer', asked: found(crd({ properties: { spec: { properties: { max: { maximum: 1 }, min: {} } } } })),
      want: { status: 'warn', found: /^newer.*spec\.min$/ } },
    { name: 'not served', asked: found(crd({}, { served: false })), want: { status: 'fail' } },
    { name: 'not Established', asked: found(crd({}, { status: 'False' })), want: { status: 'fail', found: 'it is not Established: soon' } },
    { name: 'absent', asked: { kind: 'absent' }, want: { status: 'fail', advice: /^install it: helm upgrade place / } },
    { name: 'nothing to compare with', asked: found(shipped), shipped: null, want: { status: 'warn', found: /not compared/ } },
    { name: 'forbidden', asked: { kind: 'forbidden', right: 'get crds', message: '' }, want: { status: 'warn', advice: /get crds$/ } },
    { name: 'failed', asked: { kind: 'failed', message: 'reset' }, want: { status: 'warn', found: /reset$/ } },
  ]
  for (const { name, asked, shipped: own = shipped, want } of cases) t.match(judgeCrd(asked, own ?? undefined, by), want, name)
})

void t.test('the clocks\' offset is as narrow as the samples allow', async t => {
  t.equal(offsetOf([]), undefined)
  // Sent at 12.5 s of its clock, at some moment between 10 and 10.2 s of ours.
  t.same(offsetOf([{ sent: 10_000, received: 10_200, date: 12_000 }]), { least: 1800, most: 3000 })
  t.same(offsetOf([{ sent: 10_000, received: 10_200, date: 12_000 }, { sent: 10_600, received: 10_700, date: 13_000 }]),
    { least: 2300, most: 3000 })
  t.same(offsetOf([{ sent: 0, received: 100, date: 50_000 }, { sent: 200, received: 300, date: 0 }]), { least: -300, most: 800 },
    'a clock was set')
  t.same([{ least: 5, most: 9 }, { least: -9, most: -5 }, { least: -1, most: 1 }].map(leastDifference), [5, 5, 0])
  t.same([1234, 59_999, 200_000, 10_000_000, 500_000_000].map(tellTime), ['1.2 s', '59 s', '3 min', '2 h', '5 days'])
})

void t.test('clocks that may agree do, others are told, and those of the leader are grave past what certificates bear', async t => {
  const near = { least: -900, most: 1100 }
  const cases = [
    { api: near, want: { status: 'ok', found: /within 1\.1 s$/ } },
    { api: undefined, want: { status: 'warn', found: /no date/ } },
    { api: { least: 3000, most: 4000 }, want: { status: 'warn',
      found: 'the API server\'s clock is at least 3 s ahead of this machine\'s' } },
    { api: near, leader: { least: -6000, most: 6000 }, want: { status: 'ok' } },
    { api: near, leader: { least: -9000, most: -4000 },
      want: { status: 'warn', found: 'the leader\'s clock is at least 4 s behind the API server\'s' } },
    { api: near, leader: { least: 300_000, most: 400_000 }, want: { status: 'fail' } },
  ]
  for (const { api, leader, want } of cases) t.match(judgeClock(api, leader), want)
})

const start = Date.parse('2026-01-31T12:00:00Z')
const look = (renewed: number, at: number, spec: object = {}): LeaseLook =>
  ({ lease: parseLease(lease(start + renewed, spec)), date: start + at })

void t.test('one look at the Lease is enough where it is fresh, by the API server\'s clock', async t => {
  const cases = [[0, 1000, false], [0, 15_000, false], [0, 16_000, true], [900, 0, false], [1100, 0, true]] as const
  for (const [renewed, at, want] of cases) t.equal(isDoubtful(look(renewed, at)), want, `${renewed} at ${at}`)
  t.ok(isDoubtful(look(0, 0, { holderIdentity: '' })))
})

void t.test('who leads is told by two looks where one leaves a doubt', async t => {
  const service = { kind: 'service', namespace: 'n', name: 'versprei', port: 443, path: '/mutate', caBundle: undefined } as const
  const url = { kind: 'url', url: 'https://x', caBundle: undefined } as const
  const cases: readonly { name: string, looks: Asked<Looks>, called?: typeof service | typeof url, want: object, offset?: object }[] = [
    { name: 'fresh', looks: found([look(0, 3000)]), want: { status: 'ok', found: 'versprei-1, which renewed the Lease 3 s ago' } },
    { name: 'stale', looks: found([look(0, 47_000), look(0, 52_000)]),
      want: { status: 'fail', found: /for 52 s, where 15 s are allowed$/ } },
    {
      name: 'its clock is behind', looks: found([look(0, 47_000), look(4000, 52_000)]),
      want: { status: 'ok' }, offset: { least: -49_000, most: -43_000 },
    },
    { name: 'its clock is ahead', looks: found([look(60_000, 0), look(64_000, 5000)]), want: { status: 'ok' },
      offset: { least: 58_000, most: 64_000 } },
    { name: 'ahead, and not renewed', looks: found([look(60_000, 0), look(60_000, 5000)]), want: { status: 'fail' },
      offset: { least: 59_000, most: Infinity } },
    { name: 'taken meanwhile', looks: found([look(0, 0, { holderIdentity: '' }), look(4000, 5000)]), want: { status: 'ok' } },
    { name: 'free', looks: found([look(0, 0, { holderIdentity: '' }), look(0, 5000, { holderIdentity: '' })]),
      want: { status: 'fail', found: /^nobody leads/ } },
    { name: 'none, in a cluster', looks: { kind: 'absent' }, called: service, want: { status: 'fail' } },
    { name: 'none, outside', looks: { kind: 'absent' }, called: url, want: { status: 'skip' } },
    { name: 'forbidden', looks: { kind: 'forbidden', right: 'get leases', message: '' }, want: { status: 'warn', advice: /get leases$/ } },
  ]
  for (const { name, looks, called = service, want, offset } of cases) {
    t.match(judgeLeader(looks, called, 'n/versprei'), want, name)
    if (offset !== undefined && looks.kind === 'found') t.same(leaderOffset(looks.value), offset, name)
  }
})
