import { once } from 'node:events'
import { request } from 'node:http'
import fastify from 'fastify'
import t from 'tap'
import { createBodyBudget } from '../../src/admission/body-budget.ts'

void t.test('the body that began first is dropped when all have more than the budget; small ones and whole ones do not count', async t => {
  const app = fastify({ forceCloseConnections: true })
  const errors: string[] = []
  app.addHook('preParsing', createBodyBudget(100_000))
  app.setErrorHandler<Error & { code?: string }>((error, _request, reply) => {
    errors.push(error.code ?? '')
    return reply.code(503).send('')
  })
  app.addContentTypeParser('text/plain', { parseAs: 'string' }, (_request, text, done) => { done(null, text) })
  app.post('/', ({ body }) => String(body).length)
  const url = await app.listen({ port: 0, host: '127.0.0.1' })
  t.teardown(() => app.close())
  const send = (length: number, sent: number, headers: object = { 'content-length': length }) => {
    const call = request(url, { method: 'POST', headers: { 'content-type': 'text/plain', ...headers } })
    const answered = new Promise<string>(resolve => {
      call.on('response', async response => { resolve(Buffer.concat(await response.toArray()).toString()) }).on('error', () => { resolve('dropped') })
    })
    call.write('x'.repeat(sent))
    return { call, answered }
  }
  const state = { seen: 0 }
  app.server.on('request', () => { state.seen += 1 })
  const arrived = async (count: number) => {
    while (state.seen < count) await once(app.server, 'request')
  }

  const small = send(16_384, 16_383)
  await arrived(1)
  const first = send(60_000, 59_999)
  await arrived(2)
  const whole = send(60_000, 30_000, { 'transfer-encoding': 'chunked' })
  whole.call.end()
  t.equal(await whole.answered, '30000')
  const last = send(60_000, 59_999)
  t.equal(await first.answered, 'dropped')
  for (const [{ call, answered }, want] of [[small, '16384'], [last, '60000']] as const) {
    call.end('x')
    t.equal(await answered, want)
  }
  t.same(errors, ['crowded-out'])
})
