import t from 'tap'
import { parseConfiguration } from '../../src/cli/configuration.ts'
import { environmentVariable, serveFlags, type FlagName } from '../../src/cli/serve-flags.ts'

type Texts = Partial<Record<FlagName, string>>
const mistakes = (flags: Texts, environment: Record<string, string> = {}) => {
  const parsed = parseConfiguration(flags, environment)
  return 'mistakes' in parsed ? parsed.mistakes : []
}
const read = (flags: Texts, environment: Record<string, string> = {}) => {
  const parsed = parseConfiguration(flags, environment)
  if ('mistakes' in parsed) throw new Error(parsed.mistakes.join('\n'))
  const { names: _, ...configuration } = parsed.configuration
  return { ...configuration, webhookUrl: configuration.webhookUrl?.href }
}

const defaults = {
  host: '::', port: 8443, metricsPort: 9090, certificates: 'certs', certificateSecret: undefined, clientCa: undefined, clientNames: [], kubeconfig: undefined, context: undefined,
  manifests: undefined, webhookUrl: undefined, namespaceSelector: [], leaseNamespace: undefined, peerHost: undefined, peerPort: 8444, adoption: true, distributorMetrics: false,
  drain: 10_000, logLevel: 'info',
}

void t.test('without anything there are the defaults, frozen', async t => {
  t.strictSame(read({}), defaults)
  const parsed = parseConfiguration({}, {})
  t.ok('configuration' in parsed && Object.isFrozen(parsed.configuration))
})

const values: readonly { flag: FlagName, text: string, other: string, key: keyof typeof defaults, want: unknown }[] = [
  { flag: 'host', text: '127.0.0.1', other: 'localhost', key: 'host', want: '127.0.0.1' },
  { flag: 'port', text: '0', other: '1', key: 'port', want: 0 },
  { flag: 'metrics-port', text: '65535', other: '1', key: 'metricsPort', want: 65_535 },
  { flag: 'certificates', text: '/a b', other: 'c', key: 'certificates', want: '/a b' },
  { flag: 'certificate-secret', text: 'versprei.tls', other: 'x', key: 'certificateSecret', want: 'versprei.tls' },
  { flag: 'client-ca', text: '/ca', other: '/x', key: 'clientCa', want: '/ca' },
  { flag: 'client-name', text: 'a, b:c', other: 'x', key: 'clientNames', want: ['a', 'b:c'] },
  { flag: 'kubeconfig', text: '/k', other: '/l', key: 'kubeconfig', want: '/k' },
  { flag: 'context', text: 'c', other: 'd', key: 'context', want: 'c' },
  { flag: 'manifests', text: 'm', other: 'n', key: 'manifests', want: 'm' },
  {
    flag: 'webhook-url', text: 'https://192.0.2.1:8443', other: 'https://192.0.2.2/mutate', key: 'webhookUrl',
    want: 'https://192.0.2.1:8443/mutate',
  },
  {
    flag: 'namespace-selector', text: '{"matchLabels":{"team":"web"}}', other: '{"matchLabels":{"team":"shop"}}', key: 'namespaceSelector',
    want: [{ key: 'team', operator: 'In', values: ['web'] }],
  },
  { flag: 'lease-namespace', text: 'versprei-system', other: 'x', key: 'leaseNamespace', want: 'versprei-system' },
  { flag: 'peer-host', text: 'fd00::1', other: '192.0.2.1', key: 'peerHost', want: 'fd00::1' },
  { flag: 'peer-port', text: '0', other: '1', key: 'peerPort', want: 0 },
  { flag: 'adoption', text: 'off', other: 'on', key: 'adoption', want: false },
  { flag: 'distributor-metrics', text: 'on', other: 'off', key: 'distributorMetrics', want: true },
  { flag: 'drain', text: '3600', other: '0', key: 'drain', want: 3_600_000 },
  { flag: 'log-level', text: 'debug', other: 'silent', key: 'logLevel', want: 'debug' },
]
void t.test('every flag is read', async t => t.same(values.map(({ flag }) => flag), serveFlags.map(({ name }) => name)))
for (const { flag, text, other, key, want } of values) {
  void t.test(`--${flag}: the flag before the variable before the default; an empty variable is none`, async t => {
    const variable = environmentVariable(flag)
    // A name counts with an authority alone.
    const beside = flag === 'client-name' ? { 'client-ca': '/ca' } : {}
    const without = { ...defaults, ...(flag === 'client-name' && { clientCa: '/ca' }) }
    const given = { ...without, [key]: want }
    t.strictSame(read({ ...beside, [flag]: text }), given)
    t.strictSame(read({ ...beside, [flag]: text }, { [variable]: other }), given)
    t.strictSame(read(beside, { [variable]: text }), given)
    t.strictSame(read(beside, { [variable]: '' }), without)
    t.match(mistakes({ [flag]: '' }), [`--${flag}: "" is not `], 'an empty flag is a mistake')
  })
}

void t.test('variables are named after their flags', async t => {
  t.same(serveFlags.map(({ name }) => environmentVariable(name)), [
    'VERSPREI_HOST', 'VERSPREI_PORT', 'VERSPREI_METRICS_PORT', 'VERSPREI_CERTIFICATES', 'VERSPREI_CERTIFICATE_SECRET',
    'VERSPREI_CLIENT_CA', 'VERSPREI_CLIENT_NAME', 'VERSPREI_KUBECONFIG', 'VERSPREI_CONTEXT',
    'VERSPREI_MANIFESTS', 'VERSPREI_WEBHOOK_URL', 'VERSPREI_NAMESPACE_SELECTOR',
    'VERSPREI_LEASE_NAMESPACE', 'VERSPREI_PEER_HOST', 'VERSPREI_PEER_PORT', 'VERSPREI_ADOPTION', 'VERSPREI_DISTRIBUTOR_METRICS', 'VERSPREI_DRAIN', 'VERSPREI_LOG_LEVEL',
  ])
})

void t.test('KUBECONFIG counts after our own', async t => {
  const environment = { KUBECONFIG: '/theirs' }
  t.equal(read({}, environment).kubeconfig, '/theirs')
  t.equal(read({}, { KUBECONFIG: '' }).kubeconfig, undefined)
  t.equal(read({}, { ...environment, VERSPREI_KUBECONFIG: '/ours' }).kubeconfig, '/ours')
  t.equal(read({ manifests: 'm' }, environment).manifests, 'm', 'and contradicts nothing')
})

void t.test('later mistakes can name what the user used: the flag, else the variable; the flag where neither was given', async t => {
  const parsed = parseConfiguration({ certificates: 'c' }, { VERSPREI_CERTIFICATES: 'd', VERSPREI_MANIFESTS: 'm', VERSPREI_HOST: '' })
  if ('mistakes' in parsed) throw new Error(parsed.mistakes.join('\n'))
  t.match(parsed.configuration.names, { certificates: '--certificates', manifests: 'VERSPREI_MANIFESTS', host: '--host', port: '--port' })
})

const url = 'https://HOST:PORT/mutate: no other path is served, and user, query and fragment cannot be'
void t.test('all mistakes are told at once, by the flag or the variable that they stand in', async t => {
  t.same(mistakes(
    { host: 'my host', port: '65536', 'metrics-port': '-1', certificates: '', 'webhook-url': 'http://192.0.2.1/' },
    { VERSPREI_DRAIN: '1.5', VERSPREI_LOG_LEVEL: 'loud', VERSPREI_PORT: 'unread' },
  ), [
    '--host: "my host" is not an IP address or localhost',
    '--port: "65536" is not a port: a number from 0 to 65535',
    '--metrics-port: "-1" is not a port: a number from 0 to 65535',
    '--certificates: "" is not a value: it is empty',
    `--webhook-url: "http://192.0.2.1/" is not ${url}`,
    'VERSPREI_DRAIN: "1.5" is not a number of seconds from 0 to 3600',
    'VERSPREI_LOG_LEVEL: "loud" is not one of trace, debug, info, warn, error, fatal, silent',
  ])
})

void t.test('beside mistakes stands what could be read, and the defaults for what could not', async t => {
  const parsed = parseConfiguration({ port: 'x', certificates: '', host: '127.0.0.1', 'metrics-port': '8443' }, { VERSPREI_DRAIN: 'x' })
  t.match(parsed, {
    mistakes: ['--port: ', '--certificates: ', 'VERSPREI_DRAIN: '], broken: ['port', 'certificates', 'drain'],
    readable: { host: '127.0.0.1', port: 8443, metricsPort: 8443, certificates: 'certs', drain: 10_000 },
  })
  t.equal('mistakes' in parsed && parsed.mistakes.length, 3, 'a default contradicts nobody')
})

void t.test('a name of callers that is none is told, and one without an authority', async t => {
  t.same(mistakes({ 'client-ca': '/ca', 'client-name': 'a,,b' }), ['--client-name: "a,,b" is not names with commas between them, none of them empty'])
  t.same(mistakes({}, { VERSPREI_CLIENT_NAME: 'a' }),
    ['VERSPREI_CLIENT_NAME: a name counts only in a certificate that is asked for; --client-ca is needed, too'])
})

void t.test('what is no namespace, no address and no switch is told', async t => {
  t.same(mistakes({ 'lease-namespace': 'My_namespace', 'peer-host': '::', adoption: 'yes', 'distributor-metrics': 'true', 'certificate-secret': 'My_secret' }), [
    '--certificate-secret: "My_secret" is not a name: lower-case letters, digits, dashes and dots, at most 200',
    '--lease-namespace: "My_namespace" is not a namespace: lower-case letters, digits and dashes, at most 63',
    '--peer-host: "::" is not an IP address, or localhost; :: and 0.0.0.0 are no place to reach anyone at',
    '--adoption: "yes" is not on or off', '--distributor-metrics: "true" is not on or off',
  ])
})

const noWebhookUrls = [
  '192.0.2.1:8443', 'https://u@192.0.2.1/', 'https://u:p@192.0.2.1/', 'https://192.0.2.1/?a', 'https://192.0.2.1/#a', 'https://',
  'https://192.0.2.1/x', 'https://192.0.2.1/mutate/', 'https://192.0.2.1/mutate/x', 'https://192.0.2.1//mutate', 'https://192.0.2.1/Mutate',
]
for (const text of noWebhookUrls) {
  void t.test(`nobody could be reached at ${text}`, async t => {
    t.same(mistakes({ 'webhook-url': text }), [`--webhook-url: ${JSON.stringify(text)} is not ${url}`])
  })
}
for (const text of ['https://192.0.2.1', 'https://192.0.2.1/', 'https://192.0.2.1/mutate']) {
  void t.test(`${text} is complete, or is completed`, async t => {
    t.equal(read({ 'webhook-url': text }).webhookUrl, 'https://192.0.2.1/mutate')
  })
}
for (const text of ['1e3', ' 1', '0x10', '１', '3601', 'Infinity']) {
  void t.test(`${JSON.stringify(text)} is no drain`, async t => t.equal(mistakes({ drain: text }).length, 1))
}

const leaveOut = (flag: string, manifests: string) => `${flag}: needs a cluster, and ${manifests} does without one; leave one of them out`
const taken = (flag: string, port: number, by: string) => `${flag}: ${port} is the port ${by} already; choose another`
const contradictions: readonly { name: string, flags: Texts, environment?: Record<string, string>, want: string[] }[] = [
  {
    name: 'manifests and what needs a cluster',
    flags: { manifests: 'm', kubeconfig: 'k', context: 'c', 'webhook-url': 'https://192.0.2.1/', 'namespace-selector': '{}', 'lease-namespace': 'x', 'certificate-secret': 'y' },
    want: ['--kubeconfig', '--context', '--webhook-url', '--namespace-selector', '--lease-namespace', '--certificate-secret'].map(flag => leaveOut(flag, '--manifests')),
  },
  {
    name: 'the same from variables', flags: {},
    environment: { VERSPREI_MANIFESTS: 'm', VERSPREI_CONTEXT: 'c', VERSPREI_WEBHOOK_URL: 'https://192.0.2.1/' },
    want: ['VERSPREI_CONTEXT', 'VERSPREI_WEBHOOK_URL'].map(variable => leaveOut(variable, 'VERSPREI_MANIFESTS')),
  },
  { name: 'the replicas\' port twice', flags: { port: '8444' }, want: [taken('--port', 8444, 'for the other replicas')] },
  {
    name: 'the replicas\' port for metrics', flags: { 'peer-port': '1', 'metrics-port': '1' },
    want: [taken('--peer-port', 1, 'for metrics')],
  },
  { name: 'one port for two', flags: { port: '9090' }, want: [taken('--port', 9090, 'for metrics')] },
  {
    name: 'one port for two, by variable', flags: {}, environment: { VERSPREI_PORT: '9090' },
    want: [taken('VERSPREI_PORT', 9090, 'for metrics')],
  },
  {
    name: 'one port for two, the other one', flags: { 'metrics-port': '8443' },
    want: [taken('--metrics-port', 8443, 'for the API server')],
  },
  {
    name: 'one port for two, both given', flags: { port: '7' }, environment: { VERSPREI_METRICS_PORT: '7' },
    want: [taken('VERSPREI_METRICS_PORT', 7, 'for the API server')],
  },
  { name: 'any free port twice is none', flags: { port: '0', 'metrics-port': '0' }, want: [] },
]
for (const { name, flags, environment, want } of contradictions) void t.test(name, async t => t.same(mistakes(flags, environment), want))
