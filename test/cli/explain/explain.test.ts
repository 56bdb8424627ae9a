import t from 'tap'
import { parse } from 'yaml'
import { closeNames } from '../../../src/cli/explain/close-names.ts'
import { selectorText } from '../../../src/cli/explain/selector-text.ts'
import { parseSubject } from '../../../src/cli/explain/subject.ts'
import type { PodExplanation } from '../../../src/survey/explain/explain-pod.ts'
import { distributor, placedPod, podOf } from '../../survey/explain/facts.ts'
import { deployment, paths, set, startCluster, stray } from './cluster.ts'

void t.test('a placed pod is told in a few lines', async t => {
  const { explain } = await startCluster(t)
  t.strictSame(await explain('pod/web-5d4f-c'), { code: 0, err: '', out: `Pod shop/web-5d4f-c runs on s1, in its group, type-spot.

Placed by   PodDistributor web (Deployment/web, Required), as it was created
Group       type-spot, 20 %: 1 of the 3 placed pods of its revision, wanted 1
Seat        2
Owner       ReplicaSet/web-5d4f, of Deployment/web
Added       deletion cost 999999998
` })
})

void t.test('a workload is told by bars, and by what another number of replicas would make of it', async t => {
  const { explain } = await startCluster(t)
  const { code, out, err } = await explain('deployment', 'web', '--replicas', '6')
  t.strictSame({ code, err }, { code: 0, err: '' })
  t.equal(out, `Deployment shop/web: 3 replicas wanted, 3 pods, all where they should be.

Placed by   PodDistributor web (Deployment/web, Required)

ReplicaSet/web-5d4f: 3 pods
GROUP          SHARE   WANTED   PODS   NODES
type-default   80 %    2        2      2       ████████████████████████████████████████
type-spot      20 %    1        1      1       ████████████████████

At 6 replicas:
GROUP          NOW   AFTER
type-default   2     5       +3
type-spot      1     1
3 pods come, on seats 3-5
`)
})

void t.test('what stands wrong is drawn and named', async t => {
  const { objects, explain } = await startCluster(t)
  const conditions = [{ type: 'PodScheduled', status: 'False', message: 'no room' }]
  const fields = { spec: { nodeName: '' }, status: { phase: 'Pending', conditions } }
  objects[paths.pods] = [
    placedPod('type-default', 0, 'a'), placedPod('type-default', 1, 'b'), placedPod('type-default', 3, 'c', fields), stray,
  ]
  const { code, out } = await explain('deploy/web')
  t.equal(code, 0)
  t.equal(out, `Deployment shop/web: 3 replicas wanted, 4 pods.

Placed by   PodDistributor web (Deployment/web, Required)

ReplicaSet/web-5d4f: 4 pods
GROUP          SHARE   WANTED   PODS   NODES
type-default   80 %    2        3      2       ███████████████████████████▓▓▓▓▓▓▓▓▓▓▓▓▓
type-spot      20 %    1        0      1       ░░░░░░░░░░░░░
(░ lacks, ▓ has too many)

Too many   1 pod is in groups that have more than their seats
Strays     web-5d4f-s: probably Versprei was not called, or did not answer in time, when it was created; the API server lets pods through then
Pending    c of type-default: no room
`)
})

interface Standing { readonly name: string, readonly pods: readonly unknown[], readonly want: string }

const [a, b, c] = [placedPod('type-default', 0, 'a'), placedPod('type-default', 1, 'b'), placedPod('type-spot', 2, 'c')]
const standings: readonly Standing[] = [
  { name: 'all', pods: [a, b, c], want: '3 pods, all where they should be.' },
  { name: 'one is missing', pods: [a, b], want: '2 pods.' },
  { name: 'one of a group that is gone', pods: [a, b, placedPod('old-group', 2, 'c')], want: '3 pods.' },
  { name: 'one that is left alone', pods: [a, b, podOf({ name: 'c', labels: { 'versprei.io/ignore': 'true' } })], want: '3 pods.' },
  { name: 'one on a node that is not known', want: '3 pods.', pods: [a, b, placedPod('type-spot', 2, 'c', { spec: { nodeName: 'gone' } })] },
]

void t.test('pods are all where they should be only where that is known of each', async t => {
  for (const { name, pods, want } of standings) {
    const { objects, explain } = await startCluster(t)
    objects[paths.pods] = pods
    const [first] = (await explain('deploy/web')).out.split('\n')
    t.equal(first, `Deployment shop/web: 3 replicas wanted, ${want}`, name)
  }
})

void t.test('replicas that cannot be foreseen are told so', async t => {
  const { objects, explain } = await startCluster(t)
  objects[paths.distributors] = [distributor({ enforcement: 'Audit' })]
  const { out } = await explain('deploy/web', '--replicas', '6')
  t.match(out, /type-default +80 % +2 +2 .*\ntype-spot +20 % +1 +1 /u, 'pods that were placed before count where they stand')
  t.match(out, /\nAt 6 replicas: not foreseen: its PodDistributor is only tried, and gives no seats\n$/u)
  objects[paths.distributors] = []
  t.match((await explain('deploy/web', '--replicas', '6')).out, /\nAt 6 replicas: not foreseen: Versprei leaves it alone\n$/u)
  objects[paths.distributors] = [distributor()]
  objects[paths.replicaSets] = []
  t.match((await explain('deploy/web', '--replicas', '1')).out, /\nAt 1 replica: not foreseen: it has no pods yet\n$/u)
})

void t.test('a pod that is left alone is told why, and what to do', async t => {
  const { objects, explain } = await startCluster(t)
  objects[paths.pods] = [podOf({ name: 'x', labels: { 'versprei.io/ignore': 'true' } })]
  t.equal((await explain('po/x')).out, `Pod shop/x runs on d1.

Left alone   label versprei.io/ignore: "true" (opted-out)
To do        remove the label, if it is to be placed
Else         PodDistributor web (Deployment/web, Required) would decide for it
Owner        ReplicaSet/web-5d4f, of Deployment/web
`)
  objects[paths.pods] = [podOf({ name: 'x' })]
  objects[paths.distributors] = []
  const { out } = await explain('rs/web-5d4f')
  t.match(out, /Left alone +no PodDistributor.*\(no-distributor\)\n/)
  t.match(out, /There are +no PodDistributors in its namespace/)
  t.equal(out.split('Left alone').length, 2, 'what is told of the workload is not told again of its pods')
})

void t.test('the latest word of the scheduler is told of a pod that waits', async t => {
  const { objects, asked, explain } = await startCluster(t)
  const status = { phase: 'Pending', conditions: [{ type: 'PodScheduled', status: 'False', message: 'no room' }] }
  objects[paths.pods] = [placedPod('type-spot', 2, 'x', { spec: { nodeName: '' }, status })]
  objects[paths.events] = [
    { message: 'too old', lastTimestamp: '2026-01-01T00:00:00Z', metadata: {} },
    { message: 'too full', eventTime: '2026-01-01T00:00:00Z', series: { lastObservedTime: '2026-01-03T00:00:00Z' }, metadata: {} },
  ]
  const { out } = await explain('pod/x')
  t.match(out, /waits for a node of its group, type-spot\./)
  t.match(out, /Scheduler +no room\n +too full \(event of 2026-01-03T00:00:00Z\)\n/)
  t.ok(asked.some(one => one.endsWith('/events?fieldSelector=involvedObject.uid%3Duid-x%2Creason%3DFailedScheduling&limit=500')))
})

void t.test('json and yaml say the same', async t => {
  const { explain } = await startCluster(t)
  const json: PodExplanation = JSON.parse((await explain('pod/web-5d4f-c', '-o', 'json')).out)
  t.match(json, { kind: 'Pod', namespace: 'shop', name: 'web-5d4f-c', seat: 2, verdict: { kind: 'placed', group: 'type-spot' } })
  t.strictSame(parse((await explain('pod/web-5d4f-c', '-o', 'yaml')).out), json)
})

void t.test('of a placed pod nothing is read but what it is told by', async t => {
  const { asked, explain } = await startCluster(t)
  await explain('pod/web-5d4f-c')
  t.strictSame(asked.map(one => one.replace(/\?.*/u, '')).toSorted(), [
    'GET /version', `GET ${paths.pods}/web-5d4f-c`, `GET ${paths.replicaSets}/web-5d4f`, `GET ${paths.deployments}/web`,
    `GET ${paths.distributors}`, `GET ${paths.nodes}`, `GET ${paths.pods}`,
  ].toSorted())
  const bySelector = `GET ${paths.pods}?labelSelector=app%3Dweb%2Cpod-template-hash%3D5d4f`
  t.ok(asked.some(one => one.startsWith(bySelector)), 'its siblings by their selector')
})

void t.test('an owner of the same name that is another is not taken for it', async t => {
  const { objects, explain } = await startCluster(t)
  objects[paths.replicaSets] = [{ ...set, metadata: { ...set.metadata, uid: 'another' } }]
  t.match((await explain('pod/web-5d4f-c')).out, /Owner +ReplicaSet\/web-5d4f \(gone\)\n/)
})

const wrong: readonly { readonly name: string, readonly args: readonly string[], readonly want: RegExp }[] = [
  { name: 'no kind', args: ['web'], want: /'web' is no object; name it as pod\/NAME/ },
  { name: 'a kind that is not known', args: ['configmap/web'], want: /'configmap' is no kind that can be explained/ },
  { name: 'no name', args: ['pod/'], want: /'pod\/' is no object/ },
  { name: 'two objects', args: ['pod/a', 'pod/b'], want: /one object at a time, not pod\/a pod\/b/ },
  { name: 'no name of an object', args: ['pod/UP'], want: /'UP' is no name/ },
  { name: 'replicas of a pod', args: ['pod/a', '--replicas', '3'], want: /a Pod has no replicas/ },
  { name: 'replicas of a Job', args: ['job/a', '--replicas', '3'], want: /a Job has no replicas/ },
  { name: 'replicas that are none', args: ['deploy/web', '--replicas', 'x'], want: /a number from 0 to 10000/ },
]

void t.test('wrong usage is said, and nothing is asked', async t => {
  const { asked, explain } = await startCluster(t)
  for (const { name, args, want } of wrong) {
    const { code, err } = await explain(...args)
    t.equal(code, 2, name)
    t.match(err, want, name)
  }
  t.strictSame(asked, [])
})

void t.test('a name that is not there brings those that may be meant', async t => {
  const { explain } = await startCluster(t)
  t.strictSame(await explain('deploy/wbe'), {
    code: 1, out: '', err: 'versprei explain: there is no Deployment shop/wbe; did you mean web?\n',
  })
  t.strictSame(await explain('pod/web-5d4f'), {
    code: 1, out: '', err: 'versprei explain: there is no Pod shop/web-5d4f; did you mean web-5d4f-a, web-5d4f-b, web-5d4f-c?\n',
  })
})

void t.test('a cluster that is not reached is wrong usage', async t => {
  const { explain } = await startCluster(t)
  const { code, err } = await explain('pod/x', '--context', 'nowhere')
  t.equal(code, 2)
  t.match(err, /no context "nowhere"/)
})

void t.test('what others wrote reaches no terminal as anything but text', async t => {
  const { objects, explain } = await startCluster(t)
  const evil = '\u001B]0;pwned\u0007\u001B[2J\nPlaced by   nobody\u009B'
  const shown = String.raw`\x1b]0;pwned\x07\x1b[2J\x0aPlaced by   nobody\x9b`
  const status = { phase: 'Pending', conditions: [{ type: 'PodScheduled', status: 'False', message: evil }] }
  objects[paths.pods] = [placedPod('type-spot', 2, 'x', { spec: { nodeName: '' }, status })]
  objects[paths.events] = [{ message: `${evil}!`, lastTimestamp: '2026-01-01T00:00:00Z', metadata: {} }]
  const [pod, workload] = [await explain('pod/x'), await explain('deploy/web')]
  t.ok(pod.out.includes(`Scheduler   ${shown}\n`), pod.out)
  t.ok(pod.out.includes(`${shown}! (event of 2026-01-01T00:00:00Z)\n`), pod.out)
  t.ok(workload.out.includes(`x of type-spot: ${shown}\n`), workload.out)
  const { err } = await explain(`pod/${evil}`)
  t.equal(err.includes('\u001B'), false)
  t.equal(err.split('\n').length, 2)
})

void t.test('what a person types names an object', t => {
  const web = { kind: 'Deployment', name: 'web' }
  for (const words of [['deployment/web'], ['deploy/web'], ['deployments', 'web'], ['deployment.apps/web'], ['Deployment/web']]) {
    t.strictSame(parseSubject(words), web, words.join(' '))
  }
  const kinds = { po: 'Pod', sts: 'StatefulSet', rs: 'ReplicaSet', jobs: 'Job', 'rollout.argoproj.io': 'Rollout' }
  for (const [typed, kind] of Object.entries(kinds)) t.strictSame(parseSubject([`${typed}/x`]), { kind, name: 'x' })
  t.end()
})

void t.test('a selector becomes a query', t => {
  const matchExpressions = [
    { key: 'a', operator: 'In', values: ['x', 'y'] }, { key: 'b', operator: 'NotIn', values: ['z'] }, { key: 'c', operator: 'Exists' },
    { key: 'd', operator: 'DoesNotExist' },
  ]
  t.equal(selectorText({ matchLabels: { app: 'web' }, matchExpressions }), 'app=web,a in (x,y),b notin (z),c,!d')
  t.equal(selectorText({ app: 'web' }), 'app=web', 'a ReplicationController\'s')
  t.equal(selectorText({}), undefined)
  t.equal(selectorText(deployment.spec.selector), 'app=web')
  t.end()
})

void t.test('close names are few, the closest first', t => {
  t.strictSame(closeNames('wbe', ['db', 'web', 'webs', 'cache-of-all']), ['web'])
  t.strictSame(closeNames('nginx', ['a-nginx-1', 'nginy', 'other']), ['a-nginx-1', 'nginy'])
  t.strictSame(closeNames('x', []), [])
  t.end()
})
