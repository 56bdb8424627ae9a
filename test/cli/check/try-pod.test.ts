import t from 'tap'
import { judgeDistributors, readJudged } from '../../../src/cli/check/distributors.ts'
import { judgeTrial, optedOut } from '../../../src/cli/check/dry-run.ts'
import { findCandidate, ownersOf } from '../../../src/cli/check/try-pod.ts'
import { createDistributors } from '../../../src/placement/distributor/distributors.ts'
import { listDistributor } from '../../../src/placement/distributor/listed.ts'
import { distributor } from './installation.ts'

const distributorOf = (target: object, spec: object = {}, metadata: object = {}) => listDistributor({
  ...distributor, metadata: { ...distributor.metadata, ...metadata }, spec: { ...distributor.spec, ...spec, target },
})

const object = (name: string, labels: object, metadata: object = {}, spec: object = {}) => ({
  metadata: { name, namespace: 'shop', uid: `uid-${name}`, creationTimestamp: '2026-01-01T00:00:00Z', ...metadata },
  spec: { template: { metadata: { labels }, spec: { containers: [] } }, ...spec },
})
const deployment = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' }

void t.test('the next pod of a workload that is placed is tried', async t => {
  const web = (hash: string, labels: object = {}, metadata: object = {}) => object(`web-${hash}`,
    { 'pod-template-hash': hash, ...labels }, metadata)
  const cases = [
    { name: 'a Deployment\'s newest ReplicaSet', target: deployment, kind: 'ReplicaSet',
      objects: [web('a'), web('b', {}, { creationTimestamp: '2026-01-02T00:00:00Z' })], want: 'ReplicaSet/web-b' },
    { name: 'not another\'s', target: deployment, kind: 'ReplicaSet', objects: [object('api-a', { 'pod-template-hash': 'a' })],
      want: undefined },
    { name: 'not one that is going', target: deployment, kind: 'ReplicaSet', objects: [web('a', {}, { deletionTimestamp: 'x' })],
      want: undefined },
    { name: 'not one that opted out', target: deployment, kind: 'ReplicaSet', objects: [web('a', { 'versprei.io/ignore': 'true' })],
      want: undefined },
    { name: 'not one that sets our label', target: deployment, kind: 'ReplicaSet', objects: [web('a', { 'versprei.io/group': 'x' })],
      want: undefined },
    {
      name: 'not one that is not selected', target: { ...deployment, podSelector: { matchLabels: { app: 'x' } } }, kind: 'ReplicaSet',
        objects: [web('a')],
      want: undefined,
    },
    { name: 'any Deployment\'s', target: { apiVersion: 'apps/v1', kind: 'Deployment' }, kind: 'ReplicaSet', objects: [web('a')],
      want: 'ReplicaSet/web-a' },
    { name: 'a StatefulSet', target: { apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'db' }, kind: 'StatefulSet',
      objects: [object('db', {})], want: 'StatefulSet/db' },
    { name: 'a CronJob\'s Job', target: { apiVersion: 'batch/v1', kind: 'CronJob', name: 'n' }, kind: 'Job',
      objects: [object('n-29480400', {})], want: 'Job/n-29480400' },
  ]
  for (const { name, target, kind, objects, want } of cases) {
    const one = distributorOf(target)
    const all = createDistributors()
    all.replace([one])
    t.match(ownersOf(one, 'versprei-system'), { kind, right: { verb: 'list', namespace: 'shop' } }, name)
    const candidate = findCandidate(one, kind, objects, all)
    t.equal(candidate?.owner, want, name)
    if (want !== undefined) {
      t.match(candidate?.pod, { metadata: { namespace: 'shop', generateName: `${want.split('/')[1]}-`,
        ownerReferences: [{ controller: true }] } }, name)
      t.notOk(JSON.stringify(candidate?.pod).includes('"metadata":{"name"'), 'it takes the name of no pod that is there')
    }
  }
})

void t.test('a distributor that places nothing here is not tried, nor one for which another decides', async t => {
  t.equal(ownersOf(distributorOf(deployment, { enforcement: 'Audit' }), 'v'), undefined)
  t.equal(ownersOf(distributorOf(deployment, { distribution: [] }), 'v'), undefined)
  t.equal(ownersOf(distributorOf(deployment), 'shop'), undefined, 'in Versprei\'s own namespace')
  t.equal(ownersOf(distributorOf({ apiVersion: 'example.com/v1', kind: 'Widget' }), 'v'), undefined,
    'of a kind whose pods nobody here can write')
  const [older, younger] = [distributorOf(deployment),
    distributorOf(deployment, {}, { name: 'younger', creationTimestamp: '2026-01-01T00:00:00Z' })]
  const all = createDistributors()
  all.replace([older, younger])
  t.equal(findCandidate(younger, 'ReplicaSet', [object('web-a', { 'pod-template-hash': 'a' })], all), undefined)
})

void t.test('what came of the pod is judged by the labels of the answer, and by a second pod that is opted out', async t => {
  const candidate = { distributor: distributorOf(deployment), owner: 'ReplicaSet/web-a', pod: {} }
  const pod = (labels: object) => ({ kind: 'found', value: { metadata: { labels } } } as const)
  const mayCreate = { kind: 'found', value: true } as const
  const refused = { kind: 'failed', message: '422 Invalid: bad' } as const
  const trial = { candidate, mayCreate }
  const placed = pod({ 'versprei.io/distributor': 'web', 'versprei.io/group': 'spot' })
  t.match(judgeTrial({ ...trial, created: placed }), { status: 'ok', found: /placed by web, in group spot$/ })
  t.match(judgeTrial({ ...trial, created: pod({}) }), { status: 'fail', found: /is not placed: / })
  t.match(judgeTrial({ ...trial, created: pod({ 'versprei.io/distributor': 'x' }) }), { status: 'fail', found: /is placed by x, not web/ })
  t.match(judgeTrial({ ...trial, created: refused, without: pod({}) }), { status: 'fail', found: /takes it without: 422 Invalid: bad$/ })
  t.match(judgeTrial({ ...trial, created: refused, without: refused }),
    { status: 'warn', found: /without Versprei too: 422 Invalid: bad$/ })
  t.match(judgeTrial({ candidate, mayCreate: { kind: 'found', value: false }, created: { kind: 'absent' } }),
    { status: 'warn', advice: /create pods in shop$/ })
  t.match(judgeTrial({ kind: 'none' }), { status: 'skip' })
  t.match(judgeTrial({ kind: 'forbidden', right: 'list jobs', message: '' }), { status: 'warn', advice: /list jobs$/ })
  t.same(optedOut({ metadata: { labels: { app: 'x' } } }), { metadata: { labels: { 'app': 'x', 'versprei.io/ignore': 'true' } } })
})

void t.test('distributors that something is the matter with are counted, and the first five named', async t => {
  const condition = (type: string, status: string,
    reason: string) => ({ type, status, reason, message: '', lastTransitionTime: '2026-01-01T00:00:00Z' })
  const good = condition('Ready', 'True', 'Placing')
  const judged = (name: string, ...conditions: readonly object[]) =>
    readJudged({ ...distributor, metadata: { name, namespace: 'shop' }, status: { conditions } }, listDistributor)
  const found = (...value: readonly ReturnType<typeof judged>[]) => ({ kind: 'found', value } as const)
  t.match(judgeDistributors(found()), { status: 'ok', found: 'there are none yet' })
  t.match(judgeDistributors(found(judged('a', good))), { status: 'ok', found: '1 PodDistributor, and nothing is the matter' })
  const conflicted = condition('Conflicted', 'True', 'AnotherDecides')
  const degraded = condition('Degraded', 'True', 'NoOpenGroup')
  const many = ['d1', 'd2', 'd3', 'd4'].map(name => judged(name, good, degraded))
  t.match(judgeDistributors(found(judged('a', good), ...many, judged('c', conflicted), judged('n'),
    judged('i', condition('Ready', 'False', 'InvalidSpec')))), {
    status: 'warn',
    found: 'of 8 PodDistributors 1 invalid, 1 Conflicted, 4 Degraded, 1 without a status: shop/i (invalid), shop/c (Conflicted), '
      + 'shop/d1 (Degraded), shop/d2 (Degraded), shop/d3 (Degraded) and 2 more',
  })
  t.match(judgeDistributors({ kind: 'absent' }), { status: 'skip' })
})
