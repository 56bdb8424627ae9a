import { join } from 'node:path'
import t from 'tap'
import { check, checkUntil, good, type Checked } from './check-command.ts'
import { createNamespace, kubectl, metric, requestApi, waitFor } from './cluster.ts'
import { kubeconfigOf, usualHome, writeKubeconfig } from './home.ts'
import { startReplicas, type Replicas } from './replicas.ts'
import { create } from './resources.ts'
import { workloadOf } from './workloads.ts'

const config = join(import.meta.dirname, '../../config')
const registration = '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations/versprei'

const lineOf = ({ lines }: Checked, name: string) => lines.find(line => line.check === name)

const isReady = async () => {
  const { status } = await requestApi<{ readonly status: { readonly readyReplicas?: number } }>(
    'GET', '/apis/apps/v1/namespaces/versprei-system/deployments/versprei')
  return status.readyReplicas === 2
}

const added = [
  'namespace/versprei-system', 'clusterrole/versprei', 'clusterrolebinding/versprei', 'clusterrole/versprei-adoption',
  'clusterrolebinding/versprei-adoption', 'validatingadmissionpolicy/versprei-pods', 'validatingadmissionpolicybinding/versprei-pods',
]

interface Entry { readonly clientConfig: object }

const writeEntries = (webhooks: readonly object[]) => requestApi('PATCH', registration, { body: { webhooks } })

/** A kubeconfig for the ServiceAccount of a namespace, which may do nothing. */
const powerless = async (namespace: string): Promise<string> => writeKubeconfig(t.testdir({}), await kubeconfigOf(namespace, 'default'))

void t.test('check tells a good installation from one that is broken, and names what is', async t => {
  await kubectl('apply', `--kustomize=${config}`)
  t.teardown(() => kubectl('delete', '--ignore-not-found', '--timeout=120s', ...added))
  // Those that serve run beside the cluster; the Deployment's pods are kwok's, and do nothing but be Ready.
  const replicas: Replicas = await startReplicas(t, 2, { home: usualHome, isGated: true, flags: ['--drain', '1'] })
  const namespace = await createNamespace(t)
  await create(namespace, {
    apiVersion: 'versprei.versprei.io/v1beta1', kind: 'PodDistributor', metadata: { name: 'web' },
    spec: {
      target: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
      distribution: [{ name: 'default', nodeLabel: { type: 'default' }, weight: 3 },
        { name: 'spot', nodeLabel: { type: 'spot' }, weight: 1 }],
    },
  })
  await create(namespace, workloadOf('Deployment', 'web', 2))
  await waitFor('the Deployment versprei is ready', isReady)
  const failedOpen = await metric('apiserver_admission_webhook_fail_open_count')
  const want = { ...good, 'fail-open': failedOpen === 0 ? 'ok' : 'warn' }

  await t.test('all is well', async t => {
    const checked = await checkUntil('every line is good', ({ statuses }) => JSON.stringify(statuses) === JSON.stringify(want))
    t.equal(checked.code, 0)
    t.match(lineOf(checked, 'dry-run')?.found,
      new RegExp(`^a pod of ReplicaSet/web-\\w+ in ${namespace} would be placed by web, in group (?:default|spot)$`))
    t.match(lineOf(checked, 'registration')?.found, new RegExp(`^${replicas.url}, `))
    t.match(lineOf(checked, 'cluster')?.found, /Kubernetes v1\.\d+/)
  })

  await t.test('who may do nothing is told which rights are missing, and is told nothing good that is not known', async t => {
    const { code, lines, statuses } = await check(await powerless(namespace))
    t.equal(code, 0, JSON.stringify(lines))
    t.same(statuses, {
      cluster: 'ok', clock: 'ok', rights: 'warn', crd: 'warn', registration: 'warn', endpoints: 'warn', 'ca-bundle': 'skip',
        certificate: 'warn',
      replicas: 'warn', leader: 'warn', account: 'warn', policy: 'warn', distributors: 'warn', 'dry-run': 'warn', 'fail-open': 'skip',
    })
    t.match(lines.find(line => line.check === 'leader')?.advice,
      /the right: get leases\.coordination\.k8s\.io "versprei" in versprei-system/)
  })

  await t.test('a right is taken away', async t => {
    const path = '/apis/rbac.authorization.k8s.io/v1/clusterroles/versprei'
    const { rules } = await requestApi<{ readonly rules: readonly { readonly resources: readonly string[] }[] }>('GET', path)
    await requestApi('PATCH', path, { body: { rules: rules.filter(({ resources }) => !resources.includes('nodes')) } })
    const checked = await checkUntil('the line account fails', ({ statuses }) => statuses['account'] === 'fail')
    t.same(checked.statuses, { ...want, account: 'fail' })
    t.match(lineOf(checked, 'account')?.found, /lacks 2 of 22 rights: list nodes; watch nodes$/)
    t.equal(checked.code, 1)
    await kubectl('apply', `--filename=${config}/rbac/cluster-role.yaml`)
  })

  // From now on nothing is mended by those that serve.
  const { webhooks: [entry] } = await requestApi<{ readonly webhooks: readonly [Entry] }>('GET', registration)
  await checkUntil('all is well again', ({ code }) => code === 0)
  replicas.gate?.cut()

  await t.test('the entry is removed', async t => {
    await writeEntries([])
    const checked = await checkUntil('no pod is placed', ({ statuses }) => statuses['dry-run'] === 'fail')
    t.match(checked.statuses, { registration: 'fail', 'ca-bundle': 'skip' })
    t.equal(checked.code, 1)
  })

  await t.test('the caBundle is another\'s', async t => {
    const { clusters } = JSON.parse(await kubectl('config', 'view', '--raw', '--minify', '--flatten', '--output=json'))
    await writeEntries([{ ...entry, clientConfig: { url: replicas.url, caBundle: clusters[0].cluster['certificate-authority-data'] } }])
    const checked = await check()
    t.match(checked.statuses, { registration: 'ok', 'ca-bundle': 'fail' })
    t.match(lineOf(checked, 'ca-bundle')?.found, /is not trusted: the caBundle holds nobody who signed it$/)
    t.equal(checked.code, 1)
  })

  await t.test('the leader is gone', async t => {
    const checked = await checkUntil('the Lease is stale', ({ statuses }) => statuses['leader'] === 'fail')
    t.match(lineOf(checked, 'leader')?.found, /has not renewed the Lease for .*, where 15 s are allowed$/)
    t.equal(checked.statuses['clock'], 'ok')
    t.equal(checked.code, 1)
  })

  await t.test('they mend it', async t => {
    replicas.gate?.mend()
    const { statuses } = await checkUntil('nothing fails', ({ code }) => code === 0)
    t.match(statuses, { registration: 'ok', 'ca-bundle': 'ok', leader: 'ok', 'dry-run': 'ok' })
  })
})
