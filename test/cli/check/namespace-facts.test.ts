import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { parse } from 'yaml'
import { judgeAccount, rightsToAsk, type Held } from '../../../src/cli/check/account.ts'
import type { Asked } from '../../../src/cli/check/asked.ts'
import { endpointsOf, judgeEndpoints } from '../../../src/cli/check/endpoints.ts'
import { failOpenCount, judgeFailOpen } from '../../../src/cli/check/fail-open.ts'
import { installationOf } from '../../../src/cli/check/installation.ts'
import { installedBy, makeAgain, type InstalledBy } from '../../../src/cli/check/installed-by.ts'
import { judgePolicy } from '../../../src/cli/check/policy.ts'
import { calledBy } from '../../../src/cli/called.ts'
import { judgeRegistration } from '../../../src/cli/check/registration.ts'
import { judgeReplicas } from '../../../src/cli/check/replicas.ts'
import { judgeRights } from '../../../src/cli/check/rights.ts'
import { webhookEntry } from '../../../src/controllers/webhook-entry.ts'

const found = <T>(value: T): Asked<T> => ({ kind: 'found', value })
const absent = { kind: 'absent' } as const
const forbidden = { kind: 'forbidden', right: 'get it', message: 'no' } as const
const url = { kind: 'url', url: 'https://h/mutate', caBundle: undefined } as const
const service = { kind: 'service', namespace: 'n', name: 'versprei', port: 443, path: '/mutate', caBundle: undefined } as const
const by: InstalledBy = { kind: 'manifests', namespace: 'versprei-system' }
const entry = webhookEntry({ service: { namespace: 'n', name: 'versprei' } }, 'pem', 'n')

void t.test('the registration is ours, and never blocks', async t => {
  const registered = (...webhooks: readonly object[]) => found({ webhooks })
  const cases: readonly { name: string, asked: Asked, want: object }[] = [
    { name: 'as written', asked: registered({ name: 'other' }, entry),
      want: { status: 'ok', found: 'Service n/versprei:443/mutate, failurePolicy Ignore, at most 3 s' } },
    { name: 'by URL', asked: registered(webhookEntry({ url: 'https://h:1/mutate' }, 'pem', undefined)),
      want: { status: 'ok', found: /^https:\/\/h:1\/mutate,/ } },
    { name: 'turned off', asked: absent, want: { status: 'fail', advice: /turn it on: kubectl apply -k config;/ } },
    { name: 'empty', asked: found({}), want: { status: 'fail', found: /has no entry pods\.versprei\.io/ } },
    { name: 'blocking', asked: registered({ ...entry, failurePolicy: 'Fail' }), want: { status: 'fail', found: /no pod can be created/ } },
    { name: 'slow', asked: registered({ ...entry, timeoutSeconds: 30 }), want: { status: 'warn', found: 'timeoutSeconds is 30, not 3' } },
    { name: 'of other objects', asked: registered({ ...entry, rules: [] }), want: { status: 'fail' } },
    { name: 'elsewhere', asked: registered({ ...entry, clientConfig: { url: 'https://h/other' } }),
      want: { status: 'fail', found: /answered at \/mutate alone/ } },
    { name: 'nowhere', asked: registered({ ...entry, clientConfig: {} }), want: { status: 'fail' } },
    { name: 'forbidden', asked: forbidden, want: { status: 'warn', advice: /get it$/ } },
  ]
  for (const { name, asked, want } of cases) t.match(judgeRegistration(asked, [], by), want, name)
  t.same(calledBy(entry), { ...service, caBundle: 'pem' })
})

const slice = (port: number, ...endpoints: readonly object[]) => ({ ports: [{ name: 'https', port }], endpoints })
const https = { spec: { ports: [{ name: 'metrics', port: 9090 }, { name: 'https', port: 443 }] } }

void t.test('endpoints are those of the port that is called, and count when they are ready', async t => {
  const slices = { items: [
    slice(8443, { addresses: ['10.0.0.1', '10.0.0.9'], conditions: { ready: true } },
      { addresses: ['10.0.0.2'], conditions: { ready: false } }),
    slice(8444, { addresses: ['fd00::1'] }), { ports: [{ name: 'metrics', port: 1 }], endpoints: [{ addresses: ['10.0.0.3'] }] },
  ] }
  t.same(endpointsOf(https, slices, 443), {
    ready: [{ address: '10.0.0.1', port: 8443 }, { address: 'fd00::1', port: 8444 }], waiting: 2,
  })
  t.match(judgeEndpoints(service, found(https), found(slices), by), { status: 'ok', found: '2 ready, 2 not' })
  t.match(judgeEndpoints(service, found(https), found({}), by), { status: 'fail' })
  t.match(judgeEndpoints(service, absent, absent, by), { status: 'fail', found: 'there is no Service n/versprei' })
  t.match(judgeEndpoints(service, found(https), forbidden, by), { status: 'warn', advice: /get it$/ })
  t.match(judgeEndpoints(url, absent, absent, by), { status: 'skip' })
})

void t.test('replicas are those of the Deployment, or else pods of Versprei', async t => {
  const pod = (status: string) => ({ status: { conditions: [{ type: 'Ready', status }] } })
  const deployment = (replicas: number, readyReplicas?: number) => found({ spec: { replicas }, status: { readyReplicas } })
  const cases: readonly { deployment: Asked, pods?: Asked, called?: typeof url, want: object }[] = [
    { deployment: deployment(2, 2), want: { status: 'ok', found: '2 of 2 ready' } },
    { deployment: deployment(2, 1), want: { status: 'warn' } },
    { deployment: deployment(2), want: { status: 'fail' } },
    { deployment: deployment(0), want: { status: 'fail', found: /^scaled to 0/ } },
    { deployment: absent, pods: found({ items: [pod('True'), pod('False')] }), want: { status: 'ok', found: '1 of 2 pods ready' } },
    { deployment: forbidden, pods: found({ items: [pod('False')] }), want: { status: 'fail' } },
    { deployment: absent, pods: found({ items: [] }), want: { status: 'fail' } },
    { deployment: absent, pods: found({ items: [] }), called: url, want: { status: 'skip' } },
    { deployment: forbidden, pods: forbidden, want: { status: 'warn' } },
  ]
  for (const { deployment, pods = absent, called = service, want } of cases) {
    t.match(judgeReplicas({ called, deployment, pods, namespace: 'n', by }), want)
  }
})

void t.test('how Versprei is run is read from its Deployment: arguments before variables', async t => {
  const of = (container: object, spec: object = {}) => installationOf(found({ spec: { template: { spec: { containers: [container],
    ...spec } } } }))
  const env = [{ name: 'VERSPREI_ADOPTION', value: 'off' }, { name: 'VERSPREI_CERTIFICATE_SECRET', value: 'a' }]
  t.same(of({ env }, { serviceAccountName: 's' }), { serviceAccount: 's', adoption: false, certificateSecret: 'a', selected: [] })
  t.same(of({ env, args: ['serve', '--adoption=on', '--certificate-secret', 'b'] }),
    { serviceAccount: 'default', adoption: true, certificateSecret: 'b', selected: [] })
  t.same(of({}), { serviceAccount: 'default', adoption: true, certificateSecret: undefined, selected: [] })
  const selector = (variable: object) => of({ env: [{ name: 'VERSPREI_NAMESPACE_SELECTOR', ...variable }] })?.selected
  t.same(selector({ value: '{"matchLabels":{"team":"web"}}' }), [{ key: 'team', operator: 'In', values: ['web'] }])
  t.same([selector({ value: 'none' }), selector({ valueFrom: {} }), of({ envFrom: [] })?.selected], [undefined, undefined, undefined])
  t.equal(installationOf(absent), undefined)
})

void t.test('the account lacks what it needs, by how it is run', async t => {
  const installation = { serviceAccount: 'versprei', adoption: true, certificateSecret: 'certs', selected: [] }
  const held = (lacks: string, known: typeof installation | undefined): readonly Held[] => rightsToAsk('n', known)
    .map(one => ({ ...one, isHeld: found(`${one.right.verb} ${one.right.resource}` !== lacks) }))
  const judge = (lacks: string, known: typeof installation | undefined = installation, account: Asked = found({})) =>
    judgeAccount({ called: service, namespace: 'n', name: 'versprei', account, held: held(lacks, known), installation: known, by })
  t.match(judge('nothing'), { status: 'ok' })
  t.match(judge('list nodes'), { status: 'fail', found: /lacks 1 of 22 rights: list nodes$/ })
  t.match(judge('patch pods'), { status: 'fail', found: /: patch pods \(for --adoption on\)$/ })
  t.match(judge('patch pods', { ...installation, adoption: false }), { status: 'ok' }, 'not needed')
  t.match(judgeAccount({ called: service, namespace: 'n', name: 'v', account: forbidden, held: held('patch pods', undefined),
    installation: undefined, by }),
    { status: 'warn' }, 'maybe not needed')
  const none = held('', installation).map(one => ({ ...one, isHeld: found(false) }))
  t.match(judgeAccount({ called: url, namespace: 'n', name: 'v', account: forbidden, held: none, installation: undefined, by }),
    { status: 'warn', advice: /get it$/ }, 'maybe there is no such account')
  t.match(judge('update secrets'), { found: /update secrets "certs" in n \(for --certificate-secret\); update secrets "certs-peers" in n/ })
  t.match(judge('nothing', installation, absent), { status: 'fail', found: 'there is no ServiceAccount n/versprei' })
  t.match(judgeAccount({ called: url, namespace: 'n', name: 'v', account: absent, held: [], installation: undefined, by }), { status: 'skip' })
  t.match(judgeAccount({ called: url, namespace: 'n', name: 'v', account: found({}),
    held: [{ ...held('', undefined)[0]!, isHeld: forbidden }], installation, by }),
    { status: 'warn', advice: /get it$/ })
})

void t.test('your own rights are named where they are missing', async t => {
  const right = { verb: 'get', group: 'apps', resource: 'deployments', namespace: 'n', name: 'versprei' }
  t.match(judgeRights([{ right, isHeld: found(true) }]), { status: 'ok' })
  t.match(judgeRights([{ right, isHeld: found(false) }]),
    { status: 'warn', found: 'you lack 1 of 1: get deployments.apps "versprei" in n' })
  t.match(judgeRights([{ right, isHeld: forbidden }]), { status: 'warn' })
})

const shipped = parse(readFileSync(join(import.meta.dirname, '../../../config/policy/validating-admission-policy.yaml'), 'utf8'))
const bound = { policyName: 'versprei-pods', validationActions: ['Deny'] }

void t.test('the policy is there, bound, about Versprei\'s account, and denies what the shipped one does', async t => {
  const user = 'system:serviceaccount:n:v'
  const { matchConditions: [condition] } = shipped.spec
  const about = (who: string) => [{ ...condition, expression: `request.userInfo.username == '${who}'` }]
  const defaults = { matchPolicy: 'Equivalent', namespaceSelector: {}, objectSelector: {} }
  // As the API server stores it.
  const good = {
    ...shipped.spec, matchConditions: about(user), matchConstraints: { ...defaults, ...shipped.spec.matchConstraints },
  }
  const judge = (spec: object, ...bindings: readonly object[]) => judgePolicy({
    policy: found({ spec: { ...good, ...spec } }), bindings: found({ items: bindings.map(one => ({ spec: { ...bound, ...one } })) }),
    user, mayPatch: true, shipped, by,
  })
  t.match(judge({}, { validationActions: ['Audit', 'Deny'] }), { status: 'ok' })
  t.match(judge({}, { matchResources: defaults }), { status: 'ok' })
  t.match(judge({ validations: shipped.spec.validations.map((one: object) => ({ ...one, message: 'no' })) }, {}), { status: 'ok' })
  const bad: readonly { name: string, spec?: object, bindings?: readonly object[], found: RegExp }[] = [
    { name: 'another account', spec: { matchConditions: about('x') }, found: /does not name system:serviceaccount:n:v/ },
    { name: 'no condition', spec: { matchConditions: undefined }, found: /altered: matchConditions;/ },
    { name: 'one more condition', spec: { matchConditions: [...about(user), { name: 'never', expression: 'false' }] },
      found: /altered: matchConditions;/ },
    { name: 'denies nothing', spec: { validations: [{ expression: 'true' }] }, found: /altered: validations; it may deny nothing$/ },
    { name: 'lets errors through', spec: { failurePolicy: 'Ignore' }, found: /altered: failurePolicy;/ },
    { name: 'other objects', spec: { matchConstraints: { ...good.matchConstraints, objectSelector: { matchLabels: { a: 'b' } } } },
      found: /altered: matchConstraints;/ },
    { name: 'other keys', spec: { variables: [] }, found: /altered: variables;/ },
    { name: 'a warning alone', bindings: [{ validationActions: ['Warn'] }], found: /no binding has versprei-pods deny anything/ },
    { name: 'bound for no pod', bindings: [{ matchResources: { ...defaults, namespaceSelector: { matchLabels: { a: 'b' } } } }],
      found: /deny for all pods/ },
    { name: 'bound by what is not there', bindings: [{ paramRef: { name: 'x' } }], found: /deny for all pods/ },
  ]
  for (const { name, spec = {}, bindings = [{}], found } of bad) {
    t.match(judge(spec, ...bindings), { status: 'warn', found, advice: /kubectl apply -f config\/policy/ }, name)
  }
  const others = { policy: absent, bindings: found({}), user, mayPatch: true, shipped, by }
  t.match(judgePolicy(others), { status: 'warn', found: /there is no/ })
  t.match(judgePolicy({ ...others, policy: forbidden, mayPatch: undefined }), { status: 'warn', advice: /get it$/ })
  t.match(judgePolicy({ ...others, mayPatch: false }), { status: 'skip' })
  t.match(judgePolicy({ ...others, policy: found({ spec: good }), bindings: found({ items: [{ spec: bound }] }), shipped: undefined }),
    { status: 'warn', found: /^versprei-pods is present, and bound; not compared/ })
})

void t.test('what chooses the pods that are sent is as Versprei writes it, and what another added is told', async t => {
  const [exclusion] = entry.namespaceSelector.matchExpressions
  const never = { name: 'never', expression: 'false' }
  const nobody = { key: 'nobody', operator: 'Exists' }
  const cases: readonly { name: string, change: object, selected?: readonly typeof nobody[], want: object }[] = [
    { name: 'other namespaces', change: { namespaceSelector: { matchLabels: { nobody: 'has-this' } } },
      want: { status: 'fail', found: /not chosen as Versprei does: namespaceSelector$/ } },
    { name: 'all namespaces', change: { namespaceSelector: {} }, want: { status: 'fail' } },
    { name: 'its own namespace, too', change: { namespaceSelector: { matchExpressions: [{ ...exclusion, values: ['kube-system'] }] } },
      want: { status: 'fail' } },
    { name: 'narrowed', change: { namespaceSelector: { matchExpressions: [exclusion, nobody] } }, want: { status: 'fail' } },
    { name: 'narrowed by its flag', change: { namespaceSelector: { matchExpressions: [exclusion, nobody] } }, selected: [nobody],
      want: { status: 'ok' } },
    { name: 'not narrowed in spite of it', change: {}, selected: [nobody], want: { status: 'fail' } },
    { name: 'other pods', change: { objectSelector: { matchLabels: { a: 'b' } } }, want: { status: 'fail', found: /objectSelector$/ } },
    { name: 'another condition of that name', change: { matchConditions: [...entry.matchConditions.slice(1),
      { ...entry.matchConditions[0], expression: 'false' }] }, want: { status: 'fail', found: /matchConditions has-a-controller$/ } },
    { name: 'no condition', change: { matchConditions: undefined }, want: { status: 'fail' } },
    { name: 'one more condition', change: { matchConditions: [never, ...entry.matchConditions] },
      want: { status: 'warn', found: 'pods are left out by what another added: matchConditions never: false', advice: /^the leader leaves/ } },
    { name: 'labels more', change: { objectSelector: { ...entry.objectSelector, matchLabels: { a: 'b' } } },
      want: { status: 'warn', found: /objectSelector a=b$/ } },
    { name: 'labels of namespaces more', change: { namespaceSelector: { ...entry.namespaceSelector, matchLabels: { nobody: 'has-this' } } },
      want: { status: 'warn', found: /namespaceSelector nobody=has-this$/ } },
  ]
  for (const { name, change, selected = [], want } of cases) {
    t.match(judgeRegistration(found({ webhooks: [{ ...entry, ...change }] }), selected, by), want, name)
  }
  const narrowed = { ...entry, namespaceSelector: { matchExpressions: [exclusion, nobody] } }
  t.match(judgeRegistration(found({ webhooks: [narrowed] }), undefined, by), { status: 'ok' }, 'its flag is not known')
})

void t.test('what is missing is made again by what installed it', async t => {
  const labels = { 'app.kubernetes.io/managed-by': 'Helm' }
  const annotations = { 'meta.helm.sh/release-name': 'place', 'meta.helm.sh/release-namespace': 'platform' }
  const of = (metadata: object) => installedBy([absent, forbidden, found({ metadata }), found({})], 'platform')
  const cases: readonly { by: InstalledBy, folder?: 'crd' | 'policy', want: string }[] = [
    { by: of({ labels, annotations }), folder: 'policy', want: 'helm upgrade place CHART --reset-then-reuse-values -n platform' },
    { by: of({ labels }), want: 'apply the chart again, with what rendered it' },
    { by: of({}), want: 'apply again the manifests that it was installed with: those of config are for versprei-system' },
    { by: of({}), folder: 'crd', want: 'kubectl apply -f config/crd' },
    { by: installedBy([found({})], 'versprei-system'), want: 'kubectl apply -k config' },
    { by: installedBy([absent, forbidden], 'n'), folder: 'policy',
      want: 'with what installed it: helm upgrade, or kubectl apply -f config/policy' },
  ]
  for (const { by, folder, want } of cases) t.equal(makeAgain(by, folder), want)
})

void t.test('calls that failed open are those of our entry', async t => {
  const text = [
    '# HELP apiserver_admission_webhook_fail_open_count x',
      'apiserver_admission_webhook_fail_open_count{name="pods.versprei.io",type="admit"} 2',
    'apiserver_admission_webhook_fail_open_count{name="other",type="admit"} 9',
      'apiserver_admission_webhook_fail_open_count{name="pods.versprei.io",type="x"} 1e1',
  ].join('\n')
  t.equal(failOpenCount(text), 12)
  t.match(judgeFailOpen(found(text)), { status: 'warn', found: /^12 calls/ })
  t.match(judgeFailOpen(found('')), { status: 'ok' })
  t.match(judgeFailOpen(forbidden), { status: 'skip', found: /get it$/ })
  t.match(judgeFailOpen(absent), { status: 'skip' })
})
