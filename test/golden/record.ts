// Records the AdmissionReviews of the golden set on the cluster that KUBECONFIG names: see README.md.
// Only for a disposable control plane: it takes the namespace `golden` and a node, and removes both.
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:https'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { createAuthority, issueLeaf } from '../../src/certificates/authority.ts'
import { callApi, isReady, readApi, requestApi, waitFor, type Pod } from '../cluster/cluster.ts'
import { createWorkload } from './create-workload.ts'
import { recordNames, type GoldenWorkload } from './workload.ts'
import { workloads } from './workloads.ts'

interface Review {
  readonly request: {
    readonly name?: string
    readonly object: { readonly metadata: {
      readonly labels?: Readonly<Record<string, string>>
      readonly annotations?: Readonly<Record<string, string>>
    } }
  }
}

const namespace = 'golden'
const reviews = join(import.meta.dirname, 'reviews')
const configurations = '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations'
const configuration = 'versprei-golden-record'
/** The one node that the DaemonSet of the set wants, played by kwok. No other pod is scheduled there: none has to run to be recorded. */
const node = {
  metadata: { name: 'versprei-golden-node', labels: { pool: 'p6' }, annotations: { 'kwok.x-k8s.io/node': 'fake' } },
  spec: { unschedulable: true },
  status: { allocatable: { cpu: '1', memory: '1Gi', pods: '10' } },
}
const nodePath = `/api/v1/nodes/${node.metadata.name}`

/** Allows everything, and keeps what was asked, by the record's name; the first review of each stays. */
const listen = async (keep: (review: Review) => void) => {
  const authority = await createAuthority({ now: new Date(), commonName: configuration })
  const leaf = await issueLeaf(authority, { hosts: ['127.0.0.1'], now: new Date() })
  const server = createServer({ cert: leaf.certificate, key: leaf.key }, (request, response) => {
    void text(request).then(body => {
      const review: Review & { readonly request: { readonly uid: string } } = JSON.parse(body)
      keep(review)
      response.setHeader('content-type', 'application/json')
      const answer = { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', response: { uid: review.request.uid, allowed: true } }
      return response.end(JSON.stringify(answer))
    })
  })
  await new Promise<void>((resolve, reject) => { server.on('error', reject).listen(0, '127.0.0.1', resolve) })
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('the recording webhook has no port')
  return {
    url: `https://127.0.0.1:${address.port}/record`,
    caBundle: Buffer.from(authority.certificate).toString('base64'),
    close: () => { server.close(); server.closeAllConnections() },
  }
}

/** Every pod of the namespace is sent, those too that Versprei's own entry leaves unsent. */
const register = (url: string, caBundle: string) => requestApi('POST', configurations, {
  body: {
    metadata: { name: configuration },
    webhooks: [{
      name: 'record.golden.versprei.io',
      clientConfig: { url, caBundle },
      rules: [{ operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['pods'], scope: 'Namespaced' }],
      namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
      failurePolicy: 'Fail',
      sideEffects: 'None',
      admissionReviewVersions: ['v1'],
    }],
  },
})

/** The name under which a review is kept; undefined for a pod of no workload, or of an index that is not wanted. */
const recordName = ({ request: { name, object: { metadata } } }: Review): string | undefined => {
  const workload = workloads.find(one => one.name === metadata.labels?.['app'])
  if (workload === undefined) return undefined
  const index = metadata.annotations?.['batch.kubernetes.io/job-completion-index'] ?? name?.split('-').at(-1)
  const wanted = workload.indexes === undefined ? workload.name : `${workload.name}-${index}`
  return recordNames(workload).find(one => one === wanted)
}

const missing = (workload: GoldenWorkload, seen: ReadonlyMap<string, Review>) => recordNames(workload).filter(name => !seen.has(name))

const record = async (seen: Map<string, Review>) => {
  let calls = 0
  const webhook = await listen(review => {
    calls += 1
    const name = recordName(review)
    if (name !== undefined && !seen.has(name)) seen.set(name, review)
  })
  try {
    await requestApi('POST', '/api/v1/namespaces', { body: { metadata: { name: namespace } } })
    await requestApi('POST', '/api/v1/nodes', { body: node })
    await waitFor(`kwok has made the node ${node.metadata.name} Ready`, async () => isReady(await requestApi<Pod>('GET', nodePath)))
    await waitFor('the service account is there', () => readApi(`/api/v1/namespaces/${namespace}/serviceaccounts/default`))
    await register(webhook.url, webhook.caBundle)
    const probe = { metadata: { name: 'probe' }, spec: { containers: [{ name: 'probe', image: 'probe' }] } }
    await waitFor('the API server calls the recording webhook', async () => {
      await requestApi('POST', `/api/v1/namespaces/${namespace}/pods?dryRun=All`, { body: probe })
      return calls > 0
    })
    for (const workload of workloads) {
      await createWorkload(namespace, workload.object)
      await waitFor(`${missing(workload, seen).join(', ')}: no review came`, () => missing(workload, seen).length === 0)
    }
  } finally {
    await callApi('DELETE', `${configurations}/${configuration}`)
    await callApi('DELETE', nodePath)
    await callApi('DELETE', `/api/v1/namespaces/${namespace}`)
    webhook.close()
  }
}

if (await readApi(`/api/v1/namespaces/${namespace}`) !== undefined) {
  throw new Error(`there is a namespace ${namespace} already: a disposable cluster without is expected`)
}
const seen = new Map<string, Review>()
await record(seen)
await rm(reviews, { recursive: true, force: true })
await mkdir(reviews)
await Promise.all([...seen].map(([name, review]) => writeFile(join(reviews, `${name}.json`), `${JSON.stringify(review, undefined, 2)}\n`)))
process.stdout.write(`${seen.size} reviews of ${workloads.length} workloads recorded\n`)
