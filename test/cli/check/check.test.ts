import t from 'tap'
import { parse } from 'yaml'
import { checkNames, type Line } from '../../../src/cli/check/line.ts'
import { asMap } from '../../../src/placement/is-map.ts'
import { runCommand } from '../run-command.ts'
import { distributor, install, lease, list, paths, replicaSet, troubles, type Installation } from './installation.ts'

/** What differs from run to run. */
const masked = (text: string): string => text
  .replaceAll(/127\.0\.0\.1:\d+/gu, 'ADDRESS').replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\d UTC/gu, 'DATE')

void t.test('of a good installation every line is ok', async t => {
  const installation = await install(t)
  const { code, out, err } = await installation.check('table')
  t.equal(masked(out).replaceAll(/ +/gu, ' '), `STATUS CHECK FOUND
ok cluster http://ADDRESS, Kubernetes v1.30.4-gke.1
ok clock the API server's and this machine's agree within 0.5 s
ok rights you have all 12 that are asked for here
ok crd Established, and as this program has it
ok registration Service versprei-system/versprei:443/mutate, failurePolicy Ignore, at most 3 s
ok endpoints 1 ready
ok ca-bundle vouches for what is served (ADDRESS)
ok certificate that of ADDRESS is good until DATE, 89 days
ok replicas 2 of 2 ready
ok leader versprei-1, which renewed the Lease 0.5 s ago
ok account ServiceAccount versprei-system/versprei has all 22 rights that it needs
ok policy versprei-pods is bound, and denies system:serviceaccount:versprei-system:versprei all but Versprei's own keys of pods
ok distributors 1 PodDistributor, and nothing is the matter
ok dry-run a pod of ReplicaSet/web-5d9 in shop would be placed by web, in group spot
ok fail-open no call has been let through unanswered since this API server started

15 ok
`)
  t.same({ code, err }, { code: 0, err: '' })
})

void t.test('every line is told, in its order, as json and as yaml too', async t => {
  const installation = await install(t)
  const json: readonly Line[] = JSON.parse((await installation.check('json')).out)
  t.same(json.map(({ check }) => check), checkNames)
  const yaml: readonly Line[] = parse((await installation.check('yaml')).out)
  t.same(yaml.map(({ check, status }) => ({ check, status })), json.map(({ check, status }) => ({ check, status })))
})

void t.test('it reads, asks for rights, and creates one pod by dry run', async t => {
  const installation = await install(t)
  await installation.check()
  t.same(new Set(installation.asked.filter(one => !one.startsWith('GET '))), new Set([
    'POST /apis/authorization.k8s.io/v1/selfsubjectaccessreviews', 'POST /apis/authorization.k8s.io/v1/subjectaccessreviews',
    'POST /api/v1/namespaces/shop/pods',
  ]))
  t.equal(installation.asked.filter(one => one.endsWith('/shop/pods')).length, 1)
  t.notOk(installation.asked.includes(`GET ${paths.secret}`), 'no private key is read where the certificate is to be seen')
})

void t.test('no pod is tried in a namespace that is being deleted: another one is', async t => {
  const installation = await install(t)
  const { objects, create } = installation
  const going = (name: string) => ({ ...distributor, metadata: { name, namespace: 'going' } })
  objects[paths.distributors] = list(going('a'), going('b'), distributor)
  objects[paths.replicaSets.replace('shop', 'going')] = list({ ...replicaSet, metadata: { ...replicaSet.metadata, namespace: 'going' } })
  const message = 'pods "web-5d9-x" is forbidden: unable to create new content in namespace going because it is being terminated'
  installation.create = (pod, path) => (path.includes('/going/') ? { code: 403, message } : create(pod, path))
  const told = async () => {
    installation.asked.length = 0
    const lines: readonly Line[] = JSON.parse((await installation.check()).out)
    return lines.find(({ check }) => check === 'dry-run')
  }
  t.match(await told(), { status: 'ok', found: 'a pod of ReplicaSet/web-5d9 in shop would be placed by web, in group spot' })
  t.strictSame(installation.asked.filter(one => one.endsWith('/pods') && one.startsWith('POST')),
    ['POST /api/v1/namespaces/going/pods', 'POST /api/v1/namespaces/shop/pods'])
  objects[paths.distributors] = list(going('a'))
  t.match(await told(), { status: 'skip', found: /in a namespace that stays$/ })
})

interface Broken {
  readonly name: string
  readonly harm: (installation: Installation) => unknown
  /** The lines that are neither ok nor skipped, in their order. */
  readonly want: readonly { readonly check: string, readonly [field: string]: string | RegExp }[]
  readonly code?: number
}

const broken: readonly Broken[] = [
  {
    name: 'the CRD is gone', harm: ({ objects }) => { delete objects[paths.crd]; delete objects[paths.distributors] },
    want: [{ check: 'crd', status: 'fail', found: /^there is no CRD/, advice: /kubectl apply -f config\/crd/ }],
  },
  {
    name: 'it is turned off', harm: ({ objects }) => { delete objects[paths.registration] },
    want: [{ check: 'registration', status: 'fail', found: /turned off, or not installed/ }],
  },
  {
    name: 'by a release of the chart, the policy and the account are gone',
    harm: ({ objects }) => {
      const deployment = asMap(objects[paths.deployment])
      const annotations = { 'meta.helm.sh/release-name': 'place', 'meta.helm.sh/release-namespace': 'platform' }
      objects[paths.deployment] = { ...deployment, metadata: { ...asMap(deployment['metadata']), annotations } }
      for (const path of [paths.policy, paths.account]) delete objects[path]
    },
    want: [
      { check: 'account', status: 'fail', advice: /^make it again: helm upgrade place CHART --reset-then-reuse-values -n platform;/ },
      { check: 'policy', status: 'warn', advice: 'install it: helm upgrade place CHART --reset-then-reuse-values -n platform' },
    ],
  },
  {
    name: 'another has narrowed the entry, and the policy denies nothing',
    harm: ({ objects }) => {
      const { webhooks } = asMap(objects[paths.registration])
      const [entry] = Array.isArray(webhooks) ? webhooks.map(asMap) : []
      const conditions = Array.isArray(entry?.['matchConditions']) ? entry['matchConditions'] : []
      objects[paths.registration] = { webhooks: [{ ...entry, matchConditions: [...conditions, { name: 'never', expression: 'false' }] }] }
      const policy = asMap(objects[paths.policy])
      objects[paths.policy] = { ...policy, spec: { ...asMap(policy['spec']), validations: [{ expression: 'true' }] } }
    },
    want: [
      { check: 'registration', status: 'warn', found: 'pods are left out by what another added: matchConditions never: false' },
      { check: 'policy', status: 'warn', found: /altered: validations; it may deny nothing$/ },
    ],
    code: 0,
  },
  {
    name: 'no endpoint is ready', harm: ({ objects }) => { objects[paths.slices] = list() },
    want: [{ check: 'endpoints', status: 'fail', found: '0 ready: nobody answers the API server' }],
  },
  {
    name: 'the endpoint is not reached from here, and the Secret is empty',
    harm: ({ objects }) => {
      objects[paths.slices] = list({ ports: [{ name: 'https', port: 1 }], endpoints: [{ addresses: ['127.0.0.1'] }] })
      objects[paths.secret] = {}
    },
    want: [
      { check: 'ca-bundle', status: 'warn',
        found: /^not known: 127\.0\.0\.1:1 is not reached from here: .*tls\.crt: holds no certificate$/ },
      { check: 'certificate', status: 'warn' },
    ],
    code: 0,
  },
  {
    name: 'no replica is ready', harm: ({ objects }) => { objects[paths.deployment] = { ...asMap(objects[paths.deployment]), status: {} } },
    want: [{ check: 'replicas', status: 'fail', found: '0 of 2 ready' }],
  },
  {
    name: 'the Lease is not renewed', harm: ({ objects }) => { objects[paths.lease] = lease(Date.now() - 47_000) },
    want: [{ check: 'leader', status: 'fail', found: /^versprei-1 has not renewed the Lease for 4\d s, where 15 s are allowed$/ }],
  },
  {
    name: 'a right is missing', harm: ({ lacks }) => lacks.add('watch nodes'),
    want: [{ check: 'account', status: 'fail', found: 'ServiceAccount versprei-system/versprei lacks 1 of 22 rights: watch nodes' }],
  },
  {
    name: 'the webhook is not called', harm: installation => { installation.create = pod => pod },
    want: [{ check: 'dry-run', status: 'fail', found: /^a pod of ReplicaSet\/web-5d9 in shop is not placed: / }],
  },
  {
    name: 'a pod is refused with what Versprei adds',
    harm: installation => {
      installation.create = pod => (pod.metadata.labels['versprei.io/ignore'] === 'true' ? pod : { code: 403, message: 'no affinity here' })
    },
    want: [{ check: 'dry-run', status: 'fail', found: /adds, and takes it without: .*403 Forbidden: no affinity here$/ }],
  },
  {
    name: 'a pod is refused in any case', harm: installation => { installation.create = () => ({ code: 403, message: 'exceeded quota' }) },
    want: [{ check: 'dry-run', status: 'warn', found: /and without Versprei too: .*exceeded quota$/ }], code: 0,
  },
  {
    name: 'calls failed open',
    harm: ({ objects }) => {
      objects[paths.metrics] = 'apiserver_admission_webhook_fail_open_count{name="pods.versprei.io",type="admit"} 3\n'
    },
    want: [{ check: 'fail-open', status: 'warn', found: /^3 calls/ }], code: 0,
  },
  {
    name: 'a distributor is invalid', harm: ({ objects }) => { objects[paths.distributors] = list({ ...distributor, spec: {} }) },
    want: [{ check: 'distributors', status: 'warn', found: 'of 1 PodDistributor 1 invalid: shop/web (invalid)' }], code: 0,
  },
  {
    name: 'the API server\'s clock is behind, and the Lease is not renewed',
    harm: installation => { installation.now = () => installation.start - 60_000 },
    want: [
      {
        check: 'clock', status: 'warn',
        found: /^the leader's clock is at least 58 s ahead of the API server's; the API server's clock is at least 59 s behind this/,
      },
      { check: 'leader', status: 'fail' },
    ],
  },
  {
    name: 'the leader\'s clock is behind, and it renews the Lease',
    harm: installation => {
      const behind = installation.start - 60_000
      installation.objects[paths.lease] = lease(behind - 1000)
      installation.onWait = () => { installation.objects[paths.lease] = lease(behind) }
    },
    want: [{ check: 'clock', status: 'warn', found: 'the leader\'s clock is at least 59 s behind the API server\'s' }], code: 0,
  },
]

for (const { name, harm, want, code = 1 } of broken) {
  void t.test(name, async t => {
    const installation = await install(t)
    harm(installation)
    const ran = await installation.check()
    const lines: readonly Line[] = JSON.parse(ran.out)
    for (const line of want) t.match(lines.find(({ check }) => check === line.check), line)
    t.same(troubles(ran).map(({ check }) => check), want.map(({ check }) => check), 'and nothing else')
    for (const { advice = '' } of troubles(ran)) t.ok(advice.length > 5, 'with what to do')
    t.equal(ran.code, code)
  })
}

void t.test('who may ask nothing is told which rights are missing, and nothing good that is not known', async t => {
  const installation = await install(t)
  for (const path of Object.values(paths)) if (path !== paths.version) installation.objects[path] = 403
  const ran = await installation.check()
  t.equal(ran.code, 0)
  for (const { check, advice } of troubles(ran)) t.match(advice, /the right: \w+ \S+|config\/|cluster/, check)
  const lines: readonly Line[] = JSON.parse(ran.out)
  t.same(lines.filter(({ status }) => status === 'ok').map(({ check }) => check), ['cluster', 'clock', 'rights', 'account'])
})

void t.test('a cluster that is not reached is one line, and exit code 1', async t => {
  const installation = await install(t)
  installation.objects[paths.version] = 401
  const { code, out } = await installation.check('table')
  t.match(out, /^STATUS +CHECK +FOUND\nfail +cluster +http:\S+ is not reached: 401 [^\n]*\n +→ [^\n]*\n\n1 fail\n$/)
  t.equal(code, 1)
})

void t.test('wrong usage, or a kubeconfig that cannot be read, is exit code 2', async t => {
  for (const args of [['--namespace', 'No Name'], ['-o', 'xml'], ['more'], ['--kubeconfig', t.testdirName]]) {
    const { code, out, err } = await runCommand(['check', ...args])
    t.same({ code, out }, { code: 2, out: '' }, args.join(' '))
    t.ok(err.length > 10)
  }
})
