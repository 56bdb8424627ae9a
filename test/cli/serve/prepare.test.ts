import { access } from 'node:fs/promises'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { parseConfiguration, type Configuration } from '../../../src/cli/configuration.ts'
import type { FlagName } from '../../../src/cli/serve-flags.ts'
import { prepare } from '../../../src/cli/serve/prepare.ts'
import { distributors, startApi, writeKubeconfig } from '../api-server.ts'
import { until } from '../process.ts'

const configure = (flags: Partial<Record<FlagName, string>>, environment: Readonly<Record<string, string>> = {}): Configuration => {
  const parsed = parseConfiguration(flags, environment)
  if ('mistakes' in parsed) throw new Error(parsed.mistakes.join('\n'))
  return parsed.configuration
}
const mistakesOf = async (prepared: ReturnType<typeof prepare>): Promise<readonly string[]> => {
  const result = await prepared
  return 'mistakes' in result ? result.mistakes : []
}
const flagsFor = (t: Test, kubeconfig: string) => ({ kubeconfig, certificates: join(t.testdirName, 'certs') })

void t.test('a cluster that cannot be served from: one clear line for each thing that is wrong', async t => {
  const api = await startApi(t)
  api.answers.set(distributors, { code: 404, reason: 'NotFound' })
  api.answers.set('/api/v1/nodes', { code: 403, reason: 'Forbidden' })
  t.same(await mistakesOf(prepare(configure(flagsFor(t, api.kubeconfig)), {})), [
    `GET http://127.0.0.1:${api.port}${distributors}: 404 NotFound: no: NotFound; is the CRD installed? It comes with the chart, and with config/crd`,
    `GET http://127.0.0.1:${api.port}/api/v1/nodes: 403 Forbidden: no: Forbidden; may this account list nodes? see config/rbac`,
  ])
})

void t.test('an API server that is not there is told once, with all else that is wrong', async t => {
  const folder = t.testdir({ file: '' })
  const kubeconfig = await writeKubeconfig(join(folder, 'kubeconfig'), 1)
  const told = await mistakesOf(prepare(configure({ kubeconfig, certificates: join(folder, 'file') }), {}))
  t.match(told, [/^http:\/\/127\.0\.0\.1:1 does not answer: .*ECONNREFUSED/, `--certificates: ${join(folder, 'file')}`])
  t.equal(told.length, 2)
})

void t.test('an API server that never answers is given up within 10 s', async t => {
  const api = await startApi(t)
  for (const path of [distributors, '/api/v1/pods', '/api/v1/nodes']) api.answers.set(path, undefined)
  const configuration = configure(flagsFor(t, api.kubeconfig))
  const patient = prepare(configuration, {})
  await until('it asks', async () => api.asked.length === 3 || undefined)
  const asked = Date.now()
  const told = await mistakesOf(patient)
  t.ok(Date.now() - asked < 10_000)
  t.match(told, [/^http:\/\/127\.0\.0\.1:\d+ does not answer: \S/])
  t.equal(told.length, 1)
})

void t.test('whoever is asked to end does not wait for the answer', async t => {
  const api = await startApi(t)
  for (const path of [distributors, '/api/v1/pods', '/api/v1/nodes']) api.answers.set(path, undefined)
  const ending = new AbortController()
  const prepared = prepare(configure(flagsFor(t, api.kubeconfig)), {}, ending.signal)
  await until('it asks', async () => api.asked.length === 3 || undefined)
  const asked = Date.now()
  ending.abort()
  await prepared
  t.ok(Date.now() - asked < 5000)
})

void t.test('the certificate is good for whoever may call: this machine, the Service, the URL, the address', async t => {
  const api = await startApi(t)
  const flags = { ...flagsFor(t, api.kubeconfig), host: '192.0.2.7', 'webhook-url': 'https://[2001:db8::1]:8443/' }
  const prepared = await prepare(configure(flags), {})
  const service = ['versprei.versprei-system.svc', 'versprei.versprei-system.svc.cluster.local']
  t.match(prepared, {
    ownNamespace: undefined,
    hosts: ['localhost', '127.0.0.1', '::1', ...service, '192.0.2.7', '2001:db8::1'],
  })
  if ('connection' in prepared) await prepared.connection?.close()
  await t.resolves(access(join(t.testdirName, 'certs', 'tls.crt')))
})

void t.test('a folder of manifests needs to be one, and needs no cluster', async t => {
  const folder = t.testdir({ file: '', manifests: {} })
  const certificates = join(folder, 'certs')
  const missing = join(folder, 'missing')
  t.match(await mistakesOf(prepare(configure({ manifests: missing, certificates }), {})), [
    `--manifests: ${missing} cannot be read: ENOENT`,
  ])
  t.match(await mistakesOf(prepare(configure({ manifests: join(folder, 'file'), certificates }), {})), [
    /^--manifests: .* ENOTDIR.*; a folder of YAML files is wanted$/,
  ])
  t.match(await prepare(configure({ manifests: join(folder, 'manifests'), certificates }), {}), {
    connection: undefined, ownNamespace: undefined,
  })
})

void t.test('what was told as broken already is not looked for under its default', async t => {
  const folder = t.testdir({})
  const configuration = configure({ certificates: join(folder, 'no', 'certs') })
  const brokenSource = prepare(configuration, {}, undefined, ['kubeconfig', 'port'])
  t.match(await mistakesOf(brokenSource), [/^--certificates: /], 'no cluster is asked')
  const whole = configure({ certificates: join(folder, 'certs'), manifests: folder })
  t.match(await prepare(whole, {}, undefined, ['certificates']), { connection: undefined })
  await t.rejects(access(join(folder, 'certs')), { code: 'ENOENT' }, 'no certificates are made')
})

void t.test('what a variable said is told by its name', async t => {
  const folder = t.testdir({ file: '' })
  const environment = { VERSPREI_MANIFESTS: join(folder, 'missing'), VERSPREI_CERTIFICATES: join(folder, 'file') }
  t.match(await mistakesOf(prepare(configure({}, environment), environment)), [/^VERSPREI_MANIFESTS: /, /^VERSPREI_CERTIFICATES: /])
})

void t.test('a kubeconfig that cannot be read, or lacks the context, is a mistake of whoever named it', async t => {
  const kubeconfig = await writeKubeconfig(join(t.testdir({}), 'kubeconfig'), 1)
  const certificates = join(t.testdirName, 'certs')
  t.match(await mistakesOf(prepare(configure({ kubeconfig: '/no/such/file', certificates }), {})), [
    /^kubeconfig \/no\/such\/file cannot be read/,
  ])
  t.match(await mistakesOf(prepare(configure({ kubeconfig, context: 'x', certificates }), {})), [/no context "x"; there are: here$/])
})

void t.test('a Secret that cannot be had is told, by its flag, and what is lacking', async t => {
  const api = await startApi(t)
  const flags = { ...flagsFor(t, api.kubeconfig), 'certificate-secret': 'pair' }
  const path = '/api/v1/namespaces/x/secrets/pair'
  t.match(await mistakesOf(prepare(configure(flags), {})), [/^--certificates: to share them by --certificate-secret, --lease-namespace is needed/u])
  api.answers.set(path, { code: 403, reason: 'Forbidden' })
  t.same(await mistakesOf(prepare(configure({ ...flags, 'lease-namespace': 'x' }), {})), [
    `--certificate-secret: GET http://127.0.0.1:${api.port}${path}: 403 Forbidden: no: Forbidden; `
      + 'may this account get, create and update it? see config/rbac/certificate-role.yaml',
  ])
})

void t.test('where the cluster is no good no Secret is asked for, and no certificate made that others would have to take', async t => {
  const api = await startApi(t)
  api.answers.set(distributors, { code: 404, reason: 'NotFound' })
  const flags = { ...flagsFor(t, api.kubeconfig), 'certificate-secret': 'pair', 'lease-namespace': 'x' }
  t.match(await mistakesOf(prepare(configure(flags), {})), [/is the CRD installed/u])
  t.same(api.asked.filter(what => what.includes('/secrets')), [])
  await t.rejects(access(flags.certificates), { code: 'ENOENT' })
})
