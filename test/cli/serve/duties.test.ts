import { join } from 'node:path'
import { pino } from 'pino'
import t from 'tap'
import { parseConfiguration } from '../../../src/cli/configuration.ts'
import { createDuties } from '../../../src/cli/serve/duties.ts'
import { prepare } from '../../../src/cli/serve/prepare.ts'
import { createServing } from '../../../src/cli/serve/serving.ts'
import { configurationPath } from '../../../src/controllers/webhook-store.ts'
import { written } from '../../placement/known.ts'
import { distributors, startApi } from '../api-server.ts'
import { until } from '../process.ts'

/** Milliseconds: half of what passes until a namespace is looked at in its turn. */
const outOfTurn = 15_000

void t.test('each time its entry was mended, a leader looks for strays at once: calls may have been missed', async t => {
  const api = await startApi(t)
  api.lists.set(distributors, { items: [written()] })
  const flags = { 'kubeconfig': api.kubeconfig, 'certificates': join(t.testdirName, 'certs'), 'webhook-url': 'https://192.0.2.1/' }
  const parsed = parseConfiguration(flags, {})
  const prepared = 'mistakes' in parsed ? parsed : await prepare(parsed.configuration, {})
  if ('mistakes' in parsed || 'mistakes' in prepared) throw new Error(JSON.stringify({ ...parsed, ...prepared }))
  const { configuration } = parsed
  const log = pino({ level: 'silent' })
  const duties = createDuties(configuration, prepared, log)
  const serving = await createServing({
    configuration, prepared, log, mayBeLate: () => false, isJudged: true,
    onCertificate: duties.checkRegistration, onDistrusted: () => undefined,
  })
  t.teardown(async () => {
    await duties.end()
    serving.certificates.stop()
    await Promise.all([serving.admission.close(), serving.operations.close(), serving.state.sources?.stop()])
    await prepared.connection?.close()
  })
  const asked = (path: string) => api.asked.filter(what => what === `GET ${path}`).length
  const lists = () => asked('/api/v1/namespaces/shop/pods')
  const happens = (what: string, isSo: () => boolean) => until(what, async () => {
    await duties.look()
    return isSo() || undefined
  })
  // An entry that is there is mended at once: a first one waits until calls would arrive.
  const spoil = () => fetch(`http://127.0.0.1:${api.port}${configurationPath}`, {
    method: 'PATCH', body: JSON.stringify({ webhooks: [{ name: 'pods.versprei.io' }] }),
  })
  await duties.start(serving)
  await happens('it leads, and looks how it is registered', () => lists() > 0 && asked(configurationPath) > 0)
  // What the first list is owed to, the start of a leader or an entry that was mended meanwhile, may bring another: not two more.
  for (const round of [1, 2, 3, 4]) {
    const [applied, before] = [api.applied.length, lists()]
    await spoil()
    const begun = performance.now()
    await duties.checkRegistration()
    // The look that came with the start may mend it as well.
    t.ok(api.applied.length - applied >= 2, `spoiled and mended, round ${round}`)
    await happens('it looks for strays', () => lists() > before)
    const took = performance.now() - begun
    t.ok(took < outOfTurn, `${took.toFixed(0)} ms`)
  }
})
