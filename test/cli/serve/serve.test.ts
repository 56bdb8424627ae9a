import { readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import t from 'tap'
import { review } from '../../admission/serving.ts'
import { startApi } from '../api-server.ts'
import { start, until, type Running } from '../process.ts'
import { anyPorts, client, get, metric } from './serving.ts'

const samples = join(import.meta.dirname, '../../../config/samples')

void t.test('serves a folder of manifests, says where and what to try, and ends by SIGINT without a drain', async t => {
  const certificates = join(t.testdir({}), 'certs')
  // An hour: whoever waited for it would wait in vain.
  const running = start(t, ['serve', ...anyPorts, '--certificates', certificates, '--manifests', samples, '--drain', '3600'])
  const { url, metricsUrl } = await running.logs('serving')
  await running.logs('read the manifests')
  t.equal(await get(`${metricsUrl}/readyz`), '200 ok\n')
  t.equal(await metric(metricsUrl, 'versprei_nodes'), 3)
  const send = await client(t, url, certificates)
  t.equal((await send({ body: review('a') })).status, 200)
  await until('the greeting', async () => running.said.find(line => line === 'Ctrl-C ends it.'))
  t.match(running.said.join('\n'), `Versprei answers AdmissionReviews at ${url}, by the PodDistributors in ${samples}.`)
  running.kill('SIGINT')
  t.equal(await running.ended, 0)
  t.equal(running.stderr(), '')
})

void t.test('a second SIGTERM ends the drain', async t => {
  const certificates = join(t.testdir({}), 'certs')
  const running = start(t, ['serve', ...anyPorts, '--certificates', certificates, '--manifests', samples, '--drain', '3600'])
  const { metricsUrl } = await running.logs('serving')
  await running.logs('read the manifests')
  running.kill('SIGTERM')
  const ending = '503 not ready: it is about to end\n'
  await until('it is unready', async () => (await get(`${metricsUrl}/readyz`) === ending) || undefined)
  running.kill('SIGTERM')
  t.equal(await running.ended, 0)
})

void t.test('every flag and file that is wrong is told at once: exit 2', async t => {
  const folder = t.testdir({ file: '', kubeconfig: 'clusters: [' })
  const flags = start(t, [
    'serve', '--port', 'x', '--drain', '-1', '--kubeconfig', join(folder, 'none'), '--certificates', join(folder, 'no/such'),
  ], { VERSPREI_LOG_LEVEL: 'loud' })
  const files = start(t, ['serve', '--kubeconfig', join(folder, 'kubeconfig'), '--certificates', join(folder, 'file')])
  const manifests = start(t, ['serve', '--certificates', join(folder, 'file')], { VERSPREI_MANIFESTS: join(folder, 'file') })
  t.same(await Promise.all([flags.ended, files.ended, manifests.ended]), [2, 2, 2])
  const lines = ({ stderr }: Running) => stderr().replaceAll(folder, 'FOLDER').trimEnd().split('\n')
  t.match(lines(flags), [
    'versprei serve: --port: "x" is not a port: a number from 0 to 65535',
    'versprei serve: --drain: "-1" is not a number of seconds from 0 to 3600',
    'versprei serve: VERSPREI_LOG_LEVEL: "loud" is not one of trace, debug, info, warn, error, fatal, silent',
    /^versprei serve: kubeconfig FOLDER\/none cannot be read/, /^versprei serve: --certificates: FOLDER\/no\/such: /,
  ])
  t.match(lines(files), [
    /^versprei serve: kubeconfig FOLDER\/kubeconfig: line 1 is not valid YAML/, /^versprei serve: --certificates: FOLDER\/file/,
  ])
  t.match(lines(manifests), [
    /^versprei serve: VERSPREI_MANIFESTS: FOLDER\/file cannot be read: ENOTDIR.*; a folder of YAML files is wanted$/,
    /^versprei serve: --certificates: FOLDER\/file/,
  ])
  t.same([lines(flags), lines(files), lines(manifests)].map(({ length }) => length), [5, 2, 2])
})

void t.test('a wrong flag is told alone where the rest is in order: exit 2', async t => {
  const { kubeconfig } = await startApi(t)
  const running = start(t, ['serve', '--port', 'x', '--kubeconfig', kubeconfig, '--certificates', join(t.testdirName, 'certs')])
  t.equal(await running.ended, 2)
  t.equal(running.stderr(), 'versprei serve: --port: "x" is not a port: a number from 0 to 65535\n')
})

void t.test('a port that is taken, the one or the other: exit 1, and nothing is left', async t => {
  const taken = createServer()
  await new Promise<void>(resolve => { taken.listen(0, '127.0.0.1', resolve) })
  t.teardown(() => taken.close())
  const address = taken.address()
  const port = String(typeof address === 'object' ? address?.port : '')
  const args = ['serve', '--host', '127.0.0.1', '--certificates', join(t.testdir({}), 'certs'), '--manifests', samples]
  const one = start(t, [...args, '--port', port, '--metrics-port', '0'])
  t.equal(await one.ended, 1)
  const other = start(t, [...args, '--port', '0', '--metrics-port', port])
  t.equal(await other.ended, 1)
  const line = new RegExp(`^versprei serve: cannot listen on 127.0.0.1 port ${port}: [^\n]*EADDRINUSE[^\n]*\n$`)
  for (const { stderr } of [one, other]) t.match(stderr(), line)
})

void t.test('an edited manifest is served', async t => {
  const folder = t.testdir({ 'web.yaml': 'kind: [' })
  const running = start(t, ['serve', ...anyPorts, '--certificates', join(folder, 'certs'), '--manifests', folder])
  const { metricsUrl } = await running.logs('serving')
  await running.logs('read the manifests')
  t.match(running.logged.filter(({ level }) => level === 50).map(({ msg }) => msg), [`${join(folder, 'web.yaml')}: `])
  t.equal(await metric(metricsUrl, 'versprei_distributors{state="valid"}'), 0)
  await writeFile(join(folder, 'web.yaml'), await readFile(join(samples, 'nginx-deployment.yaml')))
  await until('it is read', async () => (await metric(metricsUrl, 'versprei_distributors{state="valid"}') === 1) || undefined)
  running.kill('SIGINT')
  t.equal(await running.ended, 0)
})
