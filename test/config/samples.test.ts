import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { parseAllDocuments } from 'yaml'
import { parseReview } from '../../src/admission/review.ts'
import { learn } from '../../src/manifests/learn.ts'
import { readManifests } from '../../src/manifests/read.ts'
import { decide } from '../../src/placement/decide.ts'
import { parsePodDistributor } from '../../src/placement/distributor/parse-distributor.ts'
import { createKnowledge } from '../../src/placement/knowledge.ts'

const samples = join(import.meta.dirname, '../../config/samples')

const readSample = async (name: string): Promise<readonly unknown[]> => {
  const documents = parseAllDocuments(await readFile(join(samples, name), 'utf8'))
  return Array.isArray(documents) ? documents.map(document => document.toJS() as unknown) : []
}

interface Template { readonly metadata: { readonly labels: object }, readonly spec: object }
interface Deployment { readonly spec: { readonly template: Template } }
interface Pod { readonly metadata: { readonly labels: Readonly<Record<string, string>> } }
interface Review { readonly request: { readonly namespace: string, readonly object: Pod } }

const readReview = async (): Promise<Review> => JSON.parse(await readFile(join(samples, 'embedded/review.json'), 'utf8'))

/** What a server knows that serves the samples, and what it has to complain of. */
const serveSamples = async () => {
  const knowledge = createKnowledge()
  return { knowledge, troubles: learn(knowledge, await readManifests(samples)) }
}

void t.test('the classic sample stays as it was published, and valid', async t => {
  const [sample] = await readSample('nginx-deployment.yaml')
  t.strictSame(sample, {
    apiVersion: 'versprei.versprei.io/v1beta1',
    kind: 'PodDistributor',
    metadata: { name: 'nginx-deployment', namespace: 'default' },
    spec: {
      distribution: [{ nodeLabel: { type: 'default' }, weight: 80 }, { nodeLabel: { type: 'spot' }, weight: 20 }],
      target: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'nginx-deployment' },
    },
  })
  t.ok(parsePodDistributor(sample).ok)
})

void t.test('the sample Deployment is the one that the sample distributor targets', async t => {
  const [deployment] = await readSample('nginx-workload.yaml')
  t.match(deployment, { kind: 'Deployment', metadata: { name: 'nginx-deployment', namespace: 'default' }, spec: { replicas: 10 } })
})

void t.test('kubectl apply -f config/samples applies only what belongs in a cluster', async t => {
  // kubectl reads these names, and looks into no folder below.
  const names = (await readdir(samples)).filter(name => /\.(?:json|ya?ml)$/.test(name))
  const objects = (await Promise.all(names.map(readSample))).flat()
  t.same(objects.map(object => (object as { readonly kind: string }).kind).toSorted(), ['Deployment', 'PodDistributor'])
})

void t.test('the folder is served as it stands: nothing is wrong in it, and its nodes are of the types that are named', async t => {
  const { knowledge, troubles } = await serveSamples()
  t.same(troubles, [])
  t.equal([...knowledge.distributors.all()].length, 1)
  const wanted = ['default', 'default', 'spot'].map(type => ({ kind: 'Node', metadata: { labels: { type } } }))
  t.match(await readSample('embedded/nodes.yaml'), wanted)
  t.equal(knowledge.nodes.size(), 3)
})

void t.test('the sample review asks for a pod of the sample Deployment', async t => {
  const { request: { namespace, object: pod } } = await readReview()
  const [{ spec: { template } }] = await readSample('nginx-workload.yaml') as [Deployment]
  const hash = pod.metadata.labels['pod-template-hash']
  t.equal(namespace, 'default')
  t.match(pod, {
    kind: 'Pod',
    metadata: {
      generateName: `nginx-deployment-${hash}-`, namespace, labels: template.metadata.labels,
      ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: `nginx-deployment-${hash}`, controller: true }],
    },
    spec: template.spec,
  })
})

void t.test('the sample review is placed by the sample distributor', async t => {
  const { knowledge } = await serveSamples()
  const parsed = parseReview(await readReview())
  if ('wrong' in parsed) throw new Error(parsed.wrong)
  t.match(decide(knowledge, parsed.request, 0), { kind: 'place', distributor: 'nginx-deployment', group: 'type-default', seat: 0 })
})
