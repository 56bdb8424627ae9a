import t from 'tap'
import { learn } from '../../src/manifests/learn.ts'
import { parseFiles } from '../../src/manifests/read.ts'
import { createKnowledge } from '../../src/placement/knowledge.ts'

const distributor = (name: string, weight: string | number = 1, extra = ''): string =>
  `apiVersion: versprei.versprei.io/v1beta1\nkind: PodDistributor\nmetadata: {name: ${name}, namespace: shop}\n`
  + `spec: {target: {apiVersion: apps/v1, kind: Deployment, name: ${name}}, distribution: [{nodeLabel: {type: spot}, weight: ${weight}${extra}}]}\n`
const node = (name: string) => `kind: Node\napiVersion: v1\nmetadata: {name: ${name}}\n`
const pod = (uid: string) => `kind: Pod
apiVersion: v1
metadata:
  uid: ${uid}
  namespace: shop
  labels: {versprei.io/distributor: web, versprei.io/group: type-spot}
  annotations: {versprei.io/seat: "0"}
  ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: web-1, uid: r, controller: true}]
`
const files = (texts: Readonly<Record<string, string>>) => parseFiles(Object.entries(texts).map(([file, text]) => ({ file, text })))
const known = ({ distributors, nodes, revisions }: ReturnType<typeof createKnowledge>) => ({
  distributors: [...distributors.all()].map(({ namespace, name, outcome }) => `${namespace}/${name} ${'plan' in outcome ? 'valid' : 'invalid'}`),
  nodes: nodes.size(), pods: revisions.size().pods,
})

void t.test('takes distributors, nodes and placed pods, in place of what was known', async t => {
  const knowledge = createKnowledge()
  t.same(learn(knowledge, files({ a: distributor('web'), b: `${node('n')}---\n${pod('u')}`, c: 'kind: Service' })), [])
  t.same(known(knowledge), { distributors: ['shop/web valid'], nodes: 1, pods: 1 })
  t.same(learn(knowledge, files({ a: distributor('api') })), [])
  t.same(known(knowledge), { distributors: ['shop/api valid'], nodes: 0, pods: 0 })
})

void t.test('tells every mistake by file, document and field path, and the rest is taken', async t => {
  const knowledge = createKnowledge()
  const troubles = learn(knowledge, files({
    'a.yaml': `${distributor('web')}---\n${distributor('api', -1, ', max: many')}`,
    'b.yaml': 'kind: List\nitems: [{kind: PodDistributor}]',
    'c.yaml': 'kind: [',
  }))
  t.match(troubles.find(trouble => trouble.startsWith('c.yaml: ')), /^c\.yaml: .+/)
  t.same(troubles.filter(trouble => trouble.startsWith('a.yaml')).map(trouble => trouble.split(': ').slice(0, 2).join(': ')), [
    'a.yaml, document 2: spec.distribution[0].weight', 'a.yaml, document 2: spec.distribution[0].max',
  ])
  for (const trouble of troubles.filter(trouble => trouble.startsWith('b.yaml'))) t.match(trouble, /^b\.yaml, items\[0\]: (?:apiVersion|metadata|spec): \S/)
  t.same(known(knowledge).distributors, ['shop/web valid', 'shop/api invalid', 'default/ invalid'])
})

void t.test('a name twice is told, and the last one counts', async t => {
  const knowledge = createKnowledge()
  const troubles = learn(knowledge, files({ a: `${distributor('web')}---\n${distributor('api')}`, b: distributor('web', 7) }))
  t.same(troubles, ['b: PodDistributor shop/web is also in a, document 1; the last one counts'])
  t.same([...knowledge.distributors.all()].map(({ name, outcome }) => `${name} ${'plan' in outcome && outcome.plan.distributor.groups[0]?.weight}`), ['api 1', 'web 7'])
})

void t.test('a pod without a namespace is in default, as a distributor is', async t => {
  const knowledge = createKnowledge()
  t.same(learn(knowledge, files({ a: pod('u').replace('  namespace: shop\n', '') })), [])
  t.same(knowledge.revisions.size().pods, 1)
  const web = distributor('web').replace(', namespace: shop', '')
  learn(knowledge, files({ a: pod('u').replace('  namespace: shop\n', ''), b: web }))
  const [listed] = knowledge.distributors.all()
  if (listed === undefined || !('plan' in listed.outcome)) throw new Error('web is valid')
  t.same(knowledge.revisions.of('default', 'r').rosterFor(listed.outcome.plan).counts(), [1])
})

void t.test('a pod that was placed, and lacks what makes it hold its seat, is told; one that holds none any more is not', async t => {
  const knowledge = createKnowledge()
  const troubles = learn(knowledge, files({
    a: pod('u').replace('  uid: u\n', ''),
    b: pod('u').replace(', controller: true', ''),
    c: pod('u').replace(', versprei.io/group: type-spot', ''),
    d: `${pod('u').replace('  uid: u\n', '')}status: {phase: Succeeded}\n`,
    e: pod('u').replace('  uid: u\n', '  deletionTimestamp: "2026-01-31T12:00:00Z"\n'),
    f: pod('u').replace(/ {2}labels.*\n/u, '').replace(', controller: true', ''),
  }))
  t.same(troubles, [
    'a: metadata.uid: is missing or no text; a pod needs it to hold its seat',
    'b: metadata.ownerReferences: has no controller with a uid; a pod needs it to hold its seat',
    'c: metadata.labels: lacks versprei.io/group; a pod needs it to hold its seat',
  ])
  t.equal(knowledge.revisions.size().pods, 0)
})

void t.test('a node or a pod without what makes it one is told', async t => {
  const knowledge = createKnowledge()
  const troubles = learn(knowledge, files({ a: 'kind: Node\nmetadata: {labels: {a: b}}', b: 'kind: Node\nmetadata: {name: 1}', c: 'kind: Pod' }))
  t.same(troubles, ['a: metadata.name: is missing or no text; a Node has a name', 'b: metadata.name: is missing or no text; a Node has a name'])
  t.same(known(knowledge), { distributors: [], nodes: 0, pods: 0 })
})
