import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { createAuthority, issueLeaf, type Signed } from '../../../src/certificates/authority.ts'
import { clientAuth } from '../../../src/certificates/purpose.ts'
import { createClient, review } from '../../admission/serving.ts'
import { start } from '../process.ts'
import { anyPorts, metric } from './serving.ts'

const samples = join(import.meta.dirname, '../../../config/samples')
const now = new Date()
const [one, other] = await Promise.all(['one', 'other'].map(commonName => createAuthority({ now, commonName })))
const issue = async (authority: Signed | undefined, host: string) => {
  const { certificate: cert, key } = await issueLeaf(authority!, { hosts: [host], now, usages: [clientAuth] })
  return { cert, key }
}
const [leaf, kubelet, next] = await Promise.all([issue(one, 'api-server'), issue(one, 'kubelet'), issue(other, 'api-server')])

void t.test('serve --client-ca answers whoever shows a certificate of that name alone, counts the others, and follows the file', async t => {
  const folder = t.testdir({ 'callers.crt': one!.certificate })
  const [certificates, file] = [join(folder, 'certs'), join(folder, 'callers.crt')]
  const running = start(t, ['serve', ...anyPorts, '--manifests', samples, '--certificates', certificates, '--client-ca', file, '--client-name', 'x,api-server'])
  const { url, metricsUrl } = await running.logs('serving')
  const ca = await readFile(join(certificates, 'ca.crt'), 'utf8')
  const statusOf = async (tls: object) => (await createClient(t, Number(new URL(url ?? '').port), { ca, ...tls })({ body: review('a') })).status
  t.same([await statusOf(leaf), await statusOf(kubelet), await statusOf({}), await statusOf(next)], [200, 403, 403, 403])
  t.equal(await metric(metricsUrl, 'versprei_http_errors_total{code="unknown-caller"}'), 3)
  await writeFile(file, other!.certificate)
  await running.logs('callers are known by another authority')
  t.same([await statusOf(leaf), await statusOf(next)], [403, 200])
  await writeFile(file, 'none')
  await running.logs('the authority of callers was not taken up; the old one stays')
  t.equal(await statusOf(next), 200)
})

for (const { name, text, says } of [
  { name: 'is not there', text: undefined, says: /^versprei serve: --client-ca: .*callers\.crt: cannot be read \(ENOENT\)\n$/ },
  { name: 'holds no certificate', text: 'hello', says: /^versprei serve: --client-ca: .*callers\.crt: holds no certificate\n$/ },
]) {
  void t.test(`a file that ${name} is told before anything is served: exit code 2`, async t => {
    const folder = t.testdir(text === undefined ? {} : { 'callers.crt': text })
    const file = join(folder, 'callers.crt')
    const running = start(t, ['serve', ...anyPorts, '--manifests', samples, '--certificates', join(folder, 'certs'), '--client-ca', file])
    t.equal(await running.ended, 2)
    t.match(running.stderr(), says)
  })
}
