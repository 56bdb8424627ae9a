import t from 'tap'
import { judgeAccount, rightsToAsk, type Held } from '../../../src/cli/check/account.ts'
import type { Asked } from '../../../src/cli/check/asked.ts'
import { endpointsOf, judgeEndpoints } from '../../../src/cli/check/endpoints.ts'
import { failOpenCount, judgeFailOpen } from '../../../src/cli/check/fail-open.ts'
import { installationOf } from '../../../src/cli/check/installation.ts'
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
const entry = webhookEntry({ service: { namespace: 'n', name: 'versprei' } }, 'pem', 'n')

void t.test('the registration is ours, and never blocks', async t => {
  const registered = (...webhooks: readonly object[]) => found({ webhooks })
  const cases: readonly { name: string, asked: Asked, want: object }[] = [
    { name: 'as written', asked: registered({ name: 'other' }, entry),
      want: { status: 'ok', found: 'Service n/versprei:443/mutate, failurePolicy Ignore, at most 3 s' } },
    { name: 'by URL', asked: registered(webhookEntry({ url: 'https://h:1/mutate' }, 'pem', undefined)),
      want: { status: 'ok', found: /^https:\/\/h:1\/mutate,/ } },
    { name: 'turned off', asked: absent, want: { status: 'fail', advice: /helm upgrade, or kubectl apply -k config/ } },
    { name: 'empty', asked: found({}), want: { status: 'fail', found: /has no entry pods\.versprei\.io/ } },
    { name: 'blocking', asked: registered({ ...entry, failurePolicy: 'Fail' }), want: { status: 'fail', found: /no pod can be created/ } },
    { name: 'slow', asked: registered({ ...entry, timeoutSeconds: 30 }), want: { status: 'warn', found: 'timeoutSeconds is 30, not 3' } },
    { name: 'of other objects', asked: registered({ ...entry, rules: [] }), want: { status: 'fail' } },
    { name: 'elsewhere', asked: registered({ ...entry, clientConfig: { url: 'https://h/other' } }),
      want: { status: 'fail', found: /answered at \/mutate alone/ } },
    { name: 'nowhere', asked: registered({ ...entry, clientConfig: {} }), want: { status: 'fail' } },
    { name: 'forbidden', asked: forbidden, want: { status: 'warn', advice: /get it$/ } },
  ]
  for (const { name, asked, want } of cases) t.match(judgeRegistration(asked), want, name)
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
  t.match(judgeEndpoints(service, found(https), found(slices)), { status: 'ok', found: '2 ready, 2 not' })
  t.match(judgeEndpoints(service, found(https), found({})), { status: 'fail' })
  t.match(judgeEndpoints(service, absent, absent), { status: 'fail', found: 'there is no Service n/versprei' })
  t.match(judgeEndpoints(service, found(https), forbidden), { status: 'warn', advice: /get it$/ })
  t.match(judgeEndpoints(url, absent, absent), { status: 'skip' })
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
    t.match(judgeReplicas({ called, deployment, pods, namespace: 'n' }), want)
  }
})

void t.test('how Versprei is run is read from its Deployment: arguments before variables', async t => {
  const of = (container: object, spec: object = {}) => installationOf(found({ spec: { template: { spec: { containers: [container],
    ...spec } } } }))
  const env = [{ name: 'VERSPREI_ADOPTION', value: 'off' }, { name: 'VERSPREI_CERTIFICATE_SECRET', value: 'a' }]
  t.same(of({ env }, { serviceAccountName: 's' }), { serviceAccount: 's', adoption: false, certificateSecret: 'a' })
  t.same(of({ env, args: ['serve', '--adoption=on', '--certificate-secret', 'b'] }),
    { serviceAccount: 'default', adoption: true, certificateSecret: 'b' })
  t.same(of({}), { serviceAccount: 'default', adoption: true, certificateSecret: undefined })
  t.equal(installationOf(absent), undefined)
})

void t.test('the account lacks what it needs, by how it is run', async t => {
  const installation = { serviceAccount: 'versprei', adoption: true, certificateSecret: 'certs' }
  const held = (lacks: string, known: typeof installation | undefined): readonly Held[] => rightsToAsk('n', known)
    .map(one => ({ ...one, isHeld: found(`${one.right.verb} ${one.right.resource}` !== lacks) }))
  const judge = (lacks: string, known: typeof installation | undefined = installation, account: Asked = found({})) =>
    judgeAccount({ called: service, namespace: 'n', name: 'versprei', account, held: held(lacks, known), installation: known })
  t.match(judge('nothing'), { status: 'ok' })
  t.match(judge('list nodes'), { status: 'fail', found: /lacks 1 of 22 rights: list nodes$/ })
  t.match(judge('patch pods'), { status: 'fail', found: /: patch pods \(for --adoption on\)$/ })
  t.match(judge('patch pods', { ...installation, adoption: false }), { status: 'ok' }, 'not needed')
  t.match(judgeAccount({ called: service, namespace: 'n', name: 'v', account: forbidden, held: held('patch pods', undefined),
    installation: undefined }),
    { status: 'warn' }, 'maybe not needed')
  const none = held('', installation).map(one => ({ ...one, isHeld: found(false) }))
  t.match(judgeAccount({ called: url, namespace: 'n', name: 'v', account: forbidden, held: none, installation: undefined }),
    { status: 'warn', advice: /get it$/ }, 'maybe there is no such account')
  t.match(judge('update secrets'), { found: /update secrets "certs" in n \(for --certificate-secret\); update secrets "certs-peers" in n/ })
  t.match(judge('nothing', installation, absent), { status: 'fail', found: 'there is no ServiceAccount n/versprei' })
  t.match(judgeAccount({ called: url, namespace: 'n', name: 'v', account: absent, held: [], installation: undefined }), { status: 'skip' })
  t.match(judgeAccount({ called: url, namespace: 'n', name: 'v', account: found({}),
    held: [{ ...held('', undefined)[0]!, isHeld: forbidden }], installation }),
    { status: 'warn', advice: /get it$/ })
})

void t.test('your own rights are named where they are missing', async t => {
  const right = { verb: 'get', group: 'apps', resource: 'deployments', namespace: 'n', name: 'versprei' }
  t.match(judgeRights([{ right, isHeld: found(true) }]), { status: 'ok' })
  t.match(judgeRights([{ right, isHeld: found(false) }]),
    { status: 'warn', found: 'you lack 1 of 1: get deployments.apps "versprei" in n' })
  t.match(judgeRights([{ right, isHeld: forbidden }]), { status: 'warn' })
})

void t.test('the policy is there, bound, and about Versprei\'s account', async t => {
  const policy = (user: string) => found({ spec: { matchConditions: [{ expression: `request.userInfo.username == '${user}'` }] } })
  const bindings = (...validationActions: readonly string[]) => found({ items: [{ spec: { policyName: 'versprei-pods',
    validationActions } }] })
  const may = { user: 'u', mayPatch: true }
  t.match(judgePolicy(policy('u'), bindings('Audit', 'Deny'), may), { status: 'ok' })
  t.match(judgePolicy(policy('x'), bindings('Deny'), may), { status: 'warn', found: /does not name u/ })
  t.match(judgePolicy(policy('u'), bindings('Warn'), may), { status: 'warn', found: /no binding/ })
  t.match(judgePolicy(absent, bindings('Deny'), may), { status: 'warn', found: /there is no/ })
  t.match(judgePolicy(forbidden, forbidden, { ...may, mayPatch: undefined }), { status: 'warn', advice: /get it$/ })
  t.match(judgePolicy(absent, absent, { ...may, mayPatch: false }), { status: 'skip' })
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
