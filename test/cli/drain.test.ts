import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import t from 'tap'
import { createClient, review } from '../admission/serving.ts'
import { start, until } from './process.ts'

const samples = join(import.meta.dirname, '../../config/samples')

interface Result { readonly at: number, readonly outcome: string, readonly connection: string | undefined }

void t.test('no review is lost through SIGTERM, on connections that are kept and on new ones', async t => {
  const certificates = join(t.testdir({}), 'certs')
  const running = start(t, [
    'serve', '--host', '127.0.0.1', '--port', '0', '--metrics-port', '0', '--certificates', certificates, '--manifests', samples, '--drain', '1',
  ])
  const { url, metricsUrl } = await running.logs('serving')
  await running.logs('read the manifests')
  const ca = await readFile(join(certificates, 'ca.crt'), 'utf8')
  const results: Result[] = []
  /** One review after another, 25 ms apart, until it is gone; 150 at most. */
  const calls = async (name: number): Promise<void> => {
    const send = createClient(t, Number(new URL(url ?? '').port), { ca })
    for (let call = 0; call < 150; call++) {
      const at = Date.now()
      const got = await send({ body: review(`${name}-${call}`) }).catch((error: NodeJS.ErrnoException) => error.code ?? error.message)
      results.push(typeof got === 'string' ? { at, outcome: got, connection: undefined } : { at, outcome: String(got.status), connection: got.connection })
      if (typeof got === 'string') return
      await wait(25)
    }
  }
  const all = Promise.all([0, 1, 2].map(calls))
  await until('reviews are answered', async () => results.length >= 15 || undefined)
  const asked = Date.now()
  running.kill('SIGTERM')
  await until('it is unready', async () => ((await fetch(`${metricsUrl}/readyz`)).status === 503) || undefined)
  t.equal(await running.ended, 0)
  await all
  const { time: closing = 0 } = await running.logs('ending')
  t.ok(closing - asked >= 1000, 'it answered on for a second')
  const sent = results.filter(({ at }) => at < closing)
  // Whoever knocks when the door closes stands in the kernel's queue, or before it: on a busy machine for a while. What drain is for is before.
  t.same(sent.filter(({ at, outcome }) => outcome !== '200' && at < closing - 300), [])
  t.same([...new Set(sent.filter(({ at, outcome }) => at < asked && outcome === '200').map(({ connection }) => connection))].slice(0, 1), ['keep-alive'])
  const late = sent.filter(({ at, outcome }) => at > asked + 300 && outcome === '200')
  t.ok(late.length > 0)
  t.same([...new Set(late.map(({ connection }) => connection))], ['close'])
})
