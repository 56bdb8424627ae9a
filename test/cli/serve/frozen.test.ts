import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { connect } from 'node:tls'
import t from 'tap'
import { review, web } from '../../admission/serving.ts'
import { distributors, startApi } from '../api-server.ts'
import { start, until } from '../process.ts'
import { anyPorts, metric } from './serving.ts'

/** Milliseconds: longer than the API server waits for an answer, which is what it takes to be called late. */
const frozen = 3500

void t.test('a replica that was frozen and leads looks for strays at once, and gives no seat to a pod whose caller has hung up', async t => {
  const api = await startApi(t)
  api.lists.set(distributors, { items: [web] })
  const certificates = join(t.testdirName, 'certs')
  const cluster = ['--kubeconfig', api.kubeconfig, '--webhook-url', 'https://192.0.2.1:8443/']
  const running = start(t, ['serve', ...anyPorts, '--certificates', certificates, ...cluster])
  const { url, metricsUrl } = await running.logs('serving')
  await running.logs('registered with the API server')
  const sweeps = () => api.asked.filter(line => line.startsWith('GET /api/v1/') && line.endsWith('/pods')).length
  // The first list of placed pods, the leader's of their readiness, and what it does at once: then nothing for a minute.
  const before = await until('its lists are done', async () => {
    const count = sweeps()
    await wait(1000)
    return count > 0 && sweeps() === count ? count : undefined
  })
  const ca = await readFile(join(certificates, 'ca.crt'), 'utf8')
  const socket = connect({ host: '127.0.0.1', port: Number(new URL(url ?? '').port), ca, servername: 'localhost' })
  await once(socket, 'secureConnect')
  running.kill('SIGSTOP')
  const body = review('late')
  socket.end(`POST /mutate HTTP/1.1\r\nhost: versprei\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`)
  await wait(frozen)
  running.kill('SIGCONT')
  await running.logs('this process got no time: what the API server asked meanwhile it let through')
  await until('strays are looked for', async () => sweeps() > before || undefined)
  await until('the review was sent away', async () =>
    (await metric(metricsUrl, 'versprei_http_errors_total{code="not-awaited"}')) === 1 || undefined)
  running.kill('SIGINT')
  t.equal(await running.ended, 0)
})
