import { join } from 'node:path'
import t from 'tap'
import { callApi, createNamespace, kubectl, requestApi, waitFor } from './cluster.ts'

const config = join(import.meta.dirname, '../../config')
const versprei = 'system:serviceaccount:versprei-system:versprei'

/** Applies what is not there yet; it is deleted after the tests. */
async function install(file: string): Promise<void> {
  const path = join(config, file)
  const before = await kubectl('get', '--filename', path, '--ignore-not-found', '--output=name')
  const after = await kubectl('apply', '--filename', path, '--output=name')
  if (before === '') t.teardown(() => kubectl('delete', after.trim()))
}

async function createPod(namespace: string): Promise<void> {
  await requestApi('POST', `/api/v1/namespaces/${namespace}/pods`, { body: {
    metadata: {
      name: 'pod', labels: { app: 'web', 'versprei.io/ignore': 'true' }, annotations: { note: 'a' }, finalizers: ['example.com/keep'],
      ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name: 'n', uid: 'u' }],
    },
    // Gated, so that it has no node, and its spec may be changed in more ways.
    spec: { automountServiceAccountToken: false, schedulingGates: [{ name: 'example.com/wait' }], containers: [{ name: 'app', image: 'app' }] },
  } })
}

/** What the API server says to a merge patch of the pod; nothing is stored. Empty: it would take it. */
async function refusal(path: string, body: object, as?: string): Promise<string> {
  const { status, text } = await callApi('PATCH', `${path}?dryRun=All`, { body, ...as === undefined ? {} : { as } })
  return status < 400 ? '' : text
}

const metadata = (fields: object): object => ({ metadata: fields })

const allowed: readonly { name: string, patch: object }[] = [
  { name: 'our labels', patch: metadata({ labels: { 'versprei.io/distributor': 'web', 'versprei.io/group': 'spot' } }) },
  { name: 'our annotations', patch: metadata({ annotations: { 'versprei.io/seat': '7', 'versprei.io/admission': 'adopted' } }) },
  { name: 'the deletion cost', patch: metadata({ annotations: { 'controller.kubernetes.io/pod-deletion-cost': '999999993' } }) },
  { name: 'the deletion cost away', patch: metadata({ annotations: { 'controller.kubernetes.io/pod-deletion-cost': null } }) },
]

const forbidden: readonly { name: string, patch: object, says: RegExp }[] = [
  { name: 'a label', patch: metadata({ labels: { app: 'other' } }), says: /must not change labels/u },
  { name: 'one label more', patch: metadata({ labels: { other: 'x' } }), says: /must not change labels/u },
  { name: 'one label less', patch: metadata({ labels: { app: null } }), says: /must not change labels/u },
  { name: 'the opt-out', patch: metadata({ labels: { 'versprei.io/ignore': null } }), says: /must not change labels/u },
  { name: 'an annotation', patch: metadata({ annotations: { note: 'b' } }), says: /must not change annotations/u },
  { name: 'one annotation more', patch: metadata({ annotations: { other: 'x' } }), says: /must not change annotations/u },
  { name: 'one annotation less', patch: metadata({ annotations: { note: null } }), says: /must not change annotations/u },
  { name: 'the image', patch: { spec: { containers: [{ name: 'app', image: 'other' }] } }, says: /must not change the spec/u },
  { name: 'the gates', patch: { spec: { schedulingGates: [] } }, says: /must not change the spec/u },
  { name: 'the node selector', patch: { spec: { nodeSelector: { type: 'spot' } } }, says: /must not change the spec/u },
  { name: 'the owners', patch: metadata({ ownerReferences: [] }), says: /must not change the owners/u },
  { name: 'the finalizers', patch: metadata({ finalizers: null }), says: /must not change the finalizers/u },
]

void t.test('the account may change our own keys of a pod and the deletion cost, and nothing else; others are not held', async t => {
  for (const file of ['rbac/adoption-cluster-role.yaml', 'rbac/adoption-cluster-role-binding.yaml']) await install(file)
  for (const file of ['policy/validating-admission-policy.yaml', 'policy/validating-admission-policy-binding.yaml']) await install(file)
  const namespace = await createNamespace(t)
  await createPod(namespace)
  const path = `/api/v1/namespaces/${namespace}/pods/pod`
  t.teardown(() => requestApi('PATCH', path, { body: metadata({ finalizers: null }) }))
  await waitFor('the right is given and the policy holds', async () =>
    /must not change labels/u.test(await refusal(path, metadata({ labels: { app: 'other' } }), versprei)))
  for (const { name, patch } of allowed) t.equal(await refusal(path, patch, versprei), '', `it may change ${name}`)
  for (const { name, patch, says } of forbidden) {
    t.match(await refusal(path, patch, versprei), says, `it may not change ${name}`)
    t.equal(await refusal(path, patch), '', `another may change ${name}`)
  }
  const body = { status: { phase: 'Failed' } }
  t.match(await refusal(`${path}/status`, body, versprei), /cannot patch resource/u, 'nor any status')
})
