import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { createClient, createPod, review } from '../admission/serving.ts'
import { startApi } from '../cli/api-server.ts'
import { anyPorts } from '../cli/serve/serving.ts'
import { start } from '../cli/process.ts'

const token = 'token-that-nobody-may-see'
const value = 'value-of-a-variable-that-nobody-may-see'

void t.test('at log level trace neither a token, a private key nor anything of a pod\'s containers is printed', async t => {
  const api = await startApi(t)
  const folder = t.testdir({})
  const [kubeconfig, certificates] = [join(folder, 'kubeconfig'), join(folder, 'certs')]
  await writeFile(kubeconfig, JSON.stringify({
    apiVersion: 'v1', kind: 'Config', 'current-context': 'here', contexts: [{ name: 'here', context: { cluster: 'here', user: 'me' } }],
    clusters: [{ name: 'here', cluster: { server: `http://127.0.0.1:${api.port}` } }], users: [{ name: 'me', user: { token } }],
  }))
  const running = start(t, ['serve', ...anyPorts, '--kubeconfig', kubeconfig, '--certificates', certificates, '--log-level', 'trace', '--drain', '0'])
  const { url } = await running.logs('serving')
  const read = (file: string) => readFile(join(certificates, file), 'utf8')
  const send = createClient(t, Number(new URL(url ?? '').port), { ca: await read('ca.crt') })
  const pod = createPod({ spec: { containers: [{ name: 'web', image: 'web', env: [{ name: 'PASSWORD', value }] }] } })
  const strange = { ...pod, spec: { ...pod.spec, tolerations: value }, metadata: { ...pod.metadata, labels: [value] } }
  const bodies = [review('a', {}, pod), review('b', {}, strange), review('c', {}, pod).slice(0, -20), review('', {}, pod), `{"kind":"${value}"`]
  for (const body of bodies) await send({ body })
  await send({ path: `/${'x'.repeat(10)}`, body: bodies[0]! })
  running.kill('SIGTERM')
  t.equal(await running.ended, 0)
  const printed = JSON.stringify(running.logged) + running.said.join('\n') + running.stderr()
  const keys = (await Promise.all(['tls.key', 'ca.key'].map(read))).flatMap(pem => pem.split('\n').filter(line => line.length > 40))
  t.ok(keys.length > 10 && running.logged.length > 3)
  t.same([token, value, 'PRIVATE KEY', ...keys].filter(secret => printed.includes(secret)), [])
})
