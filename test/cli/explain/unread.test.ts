import t from 'tap'
import { readRegistration } from '../../../src/survey/explain/stray-cause.ts'
import { placedPod, podOf } from '../../survey/explain/facts.ts'
import { paths, startCluster, stray } from './cluster.ts'

interface Refused {
  readonly name: string
  readonly path: string
  readonly args: readonly string[]
  /** What is said of the refusal. */
  readonly want: RegExp
  readonly out: string
}

const placedBy = 'Placed by   PodDistributor web (Deployment/web, Required)'
const bars = `ReplicaSet/web-5d4f: 3 pods
GROUP          SHARE   WANTED   PODS   NODES
type-default   80 %    2        2      ?       ████████████████████████████████████████
type-spot      20 %    1        1      ?       ████████████████████
`

const refused: readonly Refused[] = [
  {
    name: 'the nodes of a pod', path: paths.nodes, args: ['pod/x'], want: /^versprei explain: nodes: you may not list them/,
    out: `Pod shop/x runs on d1, placed in group type-spot.

${placedBy}, as it was created
Group       type-spot, 20 %: 1 of the 1 placed pods of its revision, wanted 0
Seat        2
Owner       ReplicaSet/web-5d4f, of Deployment/web
Added       deletion cost 999999998
`,
  },
  {
    name: 'the nodes of a workload', path: paths.nodes, args: ['deploy/web'], want: /^versprei explain: nodes: you may not list them/,
    out: `Deployment shop/web: 3 replicas wanted, 3 pods.

${placedBy}

${bars}
Not known   web-5d4f-a, web-5d4f-b, web-5d4f-c: whether the node is of its group
`,
  },
  {
    name: 'the owner', path: paths.replicaSets, args: ['pod/web-5d4f-c'], want: /replicasets: you may not get replicasets.apps/,
    out: `Pod shop/web-5d4f-c runs on s1, in its group, type-spot.

${placedBy}, as it was created
Group       type-spot, 20 %: 1 of the 3 placed pods of its revision, wanted 1
Seat        2
Owner       ReplicaSet/web-5d4f
Added       deletion cost 999999998
`,
  },
  {
    name: 'the PodDistributors of a placed pod', path: paths.distributors, args: ['pod/web-5d4f-c'],
    want: /namespace shop: you may not list poddistributors/,
    out: `Pod shop/web-5d4f-c runs on s1, placed in group type-spot.

Placed by   PodDistributor web, as it was created
Seat        2, as it was given
Owner       ReplicaSet/web-5d4f, of Deployment/web
Added       deletion cost 999999998
`,
  },
  {
    name: 'the PodDistributors of a pod that none placed', path: paths.distributors, args: ['pod/web-5d4f-s'],
    want: /namespace shop: you may not list poddistributors/,
    out: `Pod shop/web-5d4f-s runs on other.

Placed by   not known: the PodDistributors could not be read
Owner       ReplicaSet/web-5d4f, of Deployment/web
`,
  },
  {
    name: 'the PodDistributors of a pod that is left alone', path: paths.distributors, args: ['pod/ignored'],
    want: /namespace shop: you may not list poddistributors/,
    out: `Pod shop/ignored runs on d1.

Left alone   label versprei.io/ignore: "true" (opted-out)
To do        remove the label, if it is to be placed
Owner        ReplicaSet/web-5d4f, of Deployment/web
`,
  },
  {
    name: 'the PodDistributors of a workload', path: paths.distributors, args: ['deploy/web', '--replicas', '6'],
    want: /namespace shop: you may not list poddistributors/,
    out: `Deployment shop/web: 3 replicas wanted, 3 pods.

Placed by   not known: the PodDistributors could not be read

Not known   web-5d4f-a, web-5d4f-b, web-5d4f-c: whether the node is of its group

At 6 replicas: not foreseen: who decides for it is not known
`,
  },
  {
    name: 'the pods', path: paths.pods, args: ['deploy/web', '--replicas', '6'], want: /namespace shop: you may not list pods\n$/,
    out: `Deployment shop/web: 3 replicas wanted, its pods could not be read.

${placedBy}

At 6 replicas: not foreseen: its pods could not be read
`,
  },
  {
    name: 'the ReplicaSets', path: paths.replicaSets, args: ['deploy/web'], want: /namespace shop: you may not list replicasets.apps\n$/,
    out: `Deployment shop/web: 3 replicas wanted, its pods could not be read.

${placedBy}
`,
  },
  {
    name: 'the object', path: paths.deployments, args: ['deploy/web'], out: '',
    want: /Deployment shop\/web: you may not get deployments.apps "web" in shop/,
  },
]

const besides: Readonly<Record<string, unknown>> = {
  'pod/x': [placedPod('type-spot', 2, 'x', { spec: { nodeName: 'd1' } })],
  'pod/web-5d4f-s': [stray],
  'pod/ignored': [podOf({ name: 'ignored', labels: { 'versprei.io/ignore': 'true' } })],
}

void t.test('what may not be read is said, the rest is told, and nothing is claimed of it', async t => {
  for (const { name, path, args, want, out } of refused) {
    const { objects, explain } = await startCluster(t)
    objects[paths.pods] = besides[args[0] ?? ''] ?? objects[paths.pods]
    objects[path] = 403
    const ran = await explain(...args)
    t.equal(ran.code, 1, name)
    t.match(ran.err, want, name)
    t.equal(ran.out, out, name)
  }
})

void t.test('of a pod whose siblings may not be read, neither its revision nor the seat that it holds is told', async t => {
  const { objects, explain } = await startCluster(t)
  objects[`${paths.pods}/x`] = placedPod('type-spot', 2, 'x')
  objects[paths.pods] = 403
  t.strictSame(await explain('pod/x'), {
    code: 1, err: 'versprei explain: namespace shop: you may not list pods\n',
    out: `Pod shop/x runs on s1, in its group, type-spot.

${placedBy}, as it was created
Seat        2, as it was given
Owner       ReplicaSet/web-5d4f, of Deployment/web
Added       deletion cost 999999998
`,
  })
})

void t.test('whether Versprei is called is asked for pods that it did not place, and missed where the cause stays open', async t => {
  const { objects, explain } = await startCluster(t)
  objects[paths.registration] = 403
  objects[paths.pods] = [stray]
  const { code, err } = await explain('pod/web-5d4f-s')
  t.equal(code, 1)
  t.match(err, /whether Versprei is called is not known/)
  objects[paths.registration] = { webhooks: [] }
  t.match((await explain('pod/web-5d4f-s')).out, /Why +the API server calls no Versprei/)
})

const selectors: readonly { readonly name: string, readonly selector: unknown, readonly want: string }[] = [
  { name: 'none', selector: undefined, want: 'called' },
  { name: 'an empty one', selector: {}, want: 'called' },
  { name: 'its labels', selector: { matchLabels: { team: 'shop' } }, want: 'called' },
  { name: 'other labels', selector: { matchLabels: { team: 'other' } }, want: 'not-selected' },
  { name: 'its labels out', selector: { matchExpressions: [{ key: 'team', operator: 'NotIn', values: ['shop'] }] }, want: 'not-selected' },
  { name: 'a label that it has not', selector: { matchExpressions: [{ key: 'x', operator: 'DoesNotExist' }] }, want: 'called' },
]

void t.test('the namespaces that an entry selects are those that the API server would send', t => {
  for (const { name, selector, want } of selectors) {
    t.strictSame(readRegistration({ namespaceSelector: selector }, { team: 'shop' }), { kind: want }, name)
  }
  t.strictSame(readRegistration({ namespaceSelector: { matchLabels: { a: 'b' } } }, undefined), { kind: 'called' }, 'labels that are not known')
  t.strictSame(readRegistration(undefined, {}), { kind: 'absent' })
  t.end()
})

void t.test('an API server that fails is not taken for what it did not say', async t => {
  for (const path of [paths.deployments, paths.pods, paths.distributors, paths.nodes]) {
    const { objects, explain } = await startCluster(t)
    objects[path] = 500
    const { code, out, err } = await explain('deploy/web')
    t.strictSame({ code, out }, { code: 2, out: '' }, path)
    t.match(err, /^versprei explain: .*500.*\n$/u, path)
  }
})

