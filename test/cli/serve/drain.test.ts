import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { createClient, review } from '../../admission/serving.ts'
import { start, until } from '../process.ts'

const samples = join(import.meta.dirname, '../../../config/samples')

const serve = (t: Test, drain: string) => {
  const certificates = join(t.testdir({}), 'certs')
  const ports = ['--host', '127.0.0.1', '--port', '0', '--metrics-port', '0']
  return { certificates, running: start(t, ['serve', ...ports, '--certificates', certificates, '--manifests', samples, '--drain', drain]) }
}

interface Result {
  readonly client: number
  /** What the test knew of the process when the review was sent. */
  readonly sent: 'before' | 'asked' | 'unready' | 'closing'
  readonly outcome: string
  readonly connection: string | undefined
}

void t.test('no review is lost through SIGTERM, on connections that are kept and on new ones', async t => {
  const { certificates, running } = serve(t, '3600')
  const { url, metricsUrl } = await running.logs('serving')
  await running.logs('read the manifests')
  const ca = await readFile(join(certificates, 'ca.crt'), 'utf8')
  const results: Result[] = []
  let now: Result['sent'] = 'before'
  /** One review after another, 25 ms apart, until the process is gone. */
  const calls = async (client: number): Promise<undefined> => {
    const send = createClient(t, Number(new URL(url ?? '').port), { ca })
    for (let call = 0; ; call++) {
      const sent = now
      const got = await send({ body: review(`${client}-${call}`) }).catch((error: NodeJS.ErrnoException) => error.code ?? error.message)
      if (typeof got === 'string') return void results.push({ client, sent, outcome: got, connection: undefined })
      results.push({ client, sent, outcome: String(got.status), connection: got.connection })
      await wait(25)
    }
  }
  const everyClient = (sent: Result['sent']) => until(`five answers for each client: ${sent}`, async () =>
    [0, 1, 2].every(client => results.filter(result => result.client === client && result.sent === sent).length >= 5) || undefined)
  const all = Promise.all([0, 1, 2].map(calls))
  await everyClient('before')
  now = 'asked'
  running.kill('SIGTERM')
  await until('it is unready', async () => ((await fetch(`${metricsUrl}/readyz`)).status === 503) || undefined)
  now = 'unready'
  await everyClient('unready')
  now = 'closing'
  running.kill('SIGTERM')
  t.equal(await running.ended, 0)
  await all
  const seen = (sent: Result['sent']) => new Set(results.filter(result => result.sent === sent && result.outcome === '200')
    .map(({ connection }) => connection))
  t.strictSame(seen('before'), new Set(['keep-alive']))
  t.strictSame(seen('unready'), new Set(['close']))
  // Whoever knocks when the door closes stands in the kernel's queue, or before it: the last review of each may find nobody.
  const lost = results.filter(({ outcome }) => outcome !== '200')
  t.same(lost.map(({ outcome }) => outcome).filter(outcome => !['ECONNREFUSED', 'ECONNRESET', 'EPIPE'].includes(outcome)), [])
  t.strictSame({ lost: lost.length, clients: new Set(lost.map(({ client }) => client)) }, { lost: 3, clients: new Set([0, 1, 2]) })
})

void t.test('it answers on for as long as it was told', async t => {
  const { running } = serve(t, '1')
  await running.logs('read the manifests')
  const asked = Date.now()
  running.kill('SIGTERM')
  t.equal(await running.ended, 0)
  const { time = 0 } = await running.logs('ending')
  // A timer may come a moment early by the clock on the wall.
  t.ok(time - asked >= 990, `${time - asked} ms`)
})
