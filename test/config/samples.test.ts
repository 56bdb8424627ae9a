import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { parseAllDocuments } from 'yaml'
import { parsePodDistributor } from '../../src/placement/distributor/parse-distributor.ts'

const samples = join(import.meta.dirname, '../../config/samples')

const readSample = async (name: string): Promise<readonly unknown[]> => {
  const documents = parseAllDocuments(await readFile(join(samples, name), 'utf8'))
  return Array.isArray(documents) ? documents.map(document => document.toJS() as unknown) : []
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

void t.test('the sample nodes are of the types that the sample distributor names', async t => {
  const nodes = await readSample('nodes.yaml')
  t.equal(nodes.length, 3)
  t.match(nodes, ['default', 'default', 'spot'].map(type => ({ kind: 'Node', metadata: { labels: { type } } })))
})

void t.test('the sample Deployment is the one that the sample distributor targets', async t => {
  const [deployment] = await readSample('deployment.yaml')
  t.match(deployment, { kind: 'Deployment', metadata: { name: 'nginx-deployment', namespace: 'default' }, spec: { replicas: 10 } })
})
