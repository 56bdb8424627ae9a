import { join } from 'node:path'
import t from 'tap'
import { kubectl, readApi, requestApi, waitFor } from './cluster.ts'

const config = join(import.meta.dirname, '../../config')
const roles = '/apis/rbac.authorization.k8s.io/v1'
const admission = '/apis/admissionregistration.k8s.io/v1'

/** What `kubectl apply -k config` adds to what the tests stand on already. */
const added = [
  { resource: 'namespace/versprei-system', path: '/api/v1/namespaces/versprei-system' },
  { resource: 'clusterrole/versprei', path: `${roles}/clusterroles/versprei` },
  { resource: 'clusterrolebinding/versprei', path: `${roles}/clusterrolebindings/versprei` },
  { resource: 'clusterrole/versprei-adoption', path: `${roles}/clusterroles/versprei-adoption` },
  { resource: 'clusterrolebinding/versprei-adoption', path: `${roles}/clusterrolebindings/versprei-adoption` },
  { resource: 'validatingadmissionpolicy/versprei-pods', path: `${admission}/validatingadmissionpolicies/versprei-pods` },
  { resource: 'validatingadmissionpolicybinding/versprei-pods', path: `${admission}/validatingadmissionpolicybindings/versprei-pods` },
]

const install = async (teardown: (handler: () => Promise<unknown>) => void): Promise<string> => {
  const there = await Promise.all(added.map(async ({ path }) => await readApi(path) !== undefined))
  const mine = added.filter((_, index) => !there[index]).map(({ resource }) => resource)
  if (mine.length > 0) teardown(() => kubectl('delete', '--ignore-not-found', '--timeout=120s', ...mine))
  return kubectl('apply', `--kustomize=${config}`)
}

interface Access {
  readonly group?: string
  readonly resource: string
  readonly subresource?: string
  readonly verb: string
  readonly name?: string
  readonly namespace?: string
}

const may = async (resourceAttributes: Access): Promise<boolean> => {
  const body = {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SubjectAccessReview',
    spec: { user: 'system:serviceaccount:versprei-system:versprei', resourceAttributes },
  }
  const path = '/apis/authorization.k8s.io/v1/subjectaccessreviews'
  const { status } = await requestApi<{ status: { allowed: boolean } }>('POST', path, { body })
  return status.allowed
}

/** Its empty list of webhooks, which the API server leaves out, makes kubectl call this one `configured` each time. */
const registration = 'mutatingwebhookconfiguration'

void t.test('kubectl apply -k config is accepted, and changes nothing the second time', async t => {
  await install(handler => { t.teardown(handler) })
  const again = (await kubectl('apply', `--kustomize=${config}`)).trim().split('\n')
  t.strictSame(again.filter(line => !line.endsWith(' unchanged') && !line.startsWith(registration)), [])

  await t.test('an entry that was registered stays', async t => {
    const path = '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations/versprei'
    const read = () => requestApi<{ readonly webhooks?: readonly { readonly name: string }[] }>('GET', path)
    const entry = {
      name: 'install-test.versprei.io',
      clientConfig: { url: 'https://127.0.0.1:1/never-called' },
      objectSelector: { matchLabels: { 'versprei-test': 'no-such-pod' } },
      failurePolicy: 'Ignore',
      sideEffects: 'None',
      admissionReviewVersions: ['v1'],
    }
    const object = { apiVersion: 'admissionregistration.k8s.io/v1', kind: 'MutatingWebhookConfiguration', metadata: { name: 'versprei' } }
    const write = (webhooks: readonly unknown[]) => requestApi('PATCH', `${path}?fieldManager=install-test`, {
      body: { ...object, webhooks }, contentType: 'application/apply-patch+yaml',
    })
    t.teardown(() => write([]))
    await write([entry])
    const { webhooks } = await read()
    await kubectl('apply', `--kustomize=${config}`)
    t.ok(webhooks?.some(({ name }) => name === entry.name))
    t.strictSame((await read()).webhooks, webhooks)
  })

  await t.test('its pod is allowed in a namespace that enforces the restricted standard', async () => {
    const path = '/api/v1/namespaces/versprei-system/pods?labelSelector=app.kubernetes.io/name%3Dversprei'
    await waitFor('the pod of the Deployment versprei is created', async () => {
      const { items } = await requestApi<{ items: readonly unknown[] }>('GET', path)
      return items.length > 0 || undefined
    })
  })

  await t.test('its ServiceAccount may do what Versprei does, and no more', async t => {
    const group = 'admissionregistration.k8s.io'
    const webhooks = { group, resource: 'mutatingwebhookconfigurations' }
    const distributors = { group: 'versprei.versprei.io', resource: 'poddistributors', namespace: 'default' }
    const leases = { group: 'coordination.k8s.io', resource: 'leases', namespace: 'versprei-system' }
    const cases: readonly (Access & { readonly want: boolean })[] = [
      ...['get', 'list', 'watch'].map(verb => ({ ...distributors, verb, want: true })),
      { ...distributors, subresource: 'status', verb: 'patch', want: true },
      ...['patch', 'update', 'create', 'delete'].map(verb => ({ ...distributors, verb, want: false })),
      { group: 'events.k8s.io', resource: 'events', namespace: 'default', verb: 'create', want: true },
      ...['get', 'update'].map(verb => ({ ...leases, name: 'versprei', verb, want: true })),
      { ...leases, verb: 'create', want: true },
      { ...leases, name: 'another', verb: 'update', want: false },
      { ...leases, namespace: 'default', name: 'versprei', verb: 'get', want: false },
      ...['list', 'watch'].flatMap(verb => ['pods', 'nodes'].map(resource => ({ resource, verb, want: true }))),
      ...['get', 'list', 'watch', 'patch'].map(verb => ({ ...webhooks, name: 'versprei', verb, want: true })),
      ...['update', 'delete', 'create'].map(verb => ({ ...webhooks, name: 'versprei', verb, want: false })),
      { ...webhooks, name: 'another', verb: 'patch', want: false },
      ...['list', 'watch'].map(verb => ({ ...webhooks, verb, want: false })),
      { resource: 'pods', namespace: 'default', verb: 'patch', want: true },
      ...['create', 'update', 'delete'].map(verb => ({ resource: 'pods', namespace: 'default', verb, want: false })),
      { resource: 'pods', subresource: 'status', namespace: 'default', verb: 'patch', want: false },
      ...['get', 'update'].flatMap(verb => ['versprei-certificates', 'versprei-certificates-peers'].map(name =>
        ({ resource: 'secrets', namespace: 'versprei-system', name, verb, want: true }))),
      { resource: 'secrets', namespace: 'versprei-system', verb: 'create', want: true },
      ...['get', 'list', 'watch', 'delete'].map(verb => ({ resource: 'secrets', namespace: 'versprei-system', verb, want: false })),
      { resource: 'secrets', namespace: 'versprei-system', name: 'another', verb: 'get', want: false },
      { resource: 'secrets', namespace: 'default', name: 'versprei-certificates', verb: 'get', want: false },
    ]
    for (const { want, ...access } of cases) t.equal(await may(access), want, `${access.verb} ${access.resource} ${access.name ?? ''}`)
  })
})
