import t from 'tap'
import { ClusterError } from '../../src/cluster/cluster-error.ts'
import type { Connection } from '../../src/cluster/connection.ts'
import { withdraw, createWebhookStore } from '../../src/controllers/webhook-store.ts'

const reach = { url: 'https://192.0.2.1:8443/mutate' }
const service = { service: { namespace: 'versprei-system', name: 'versprei' } }
const ours = (clientConfig: object = reach) => ({ name: 'pods.versprei.io', clientConfig })
const other = { name: 'other.example.com', clientConfig: { url: 'https://other.example.com/' } }

interface Operation { readonly op: string, readonly path: string, readonly value?: unknown }

/** An API server with these entries; `conflicts`: so many writes find that another was faster. */
const start = (webhooks: readonly { readonly name: string }[] | undefined, conflicts = 0) => {
  const state = { webhooks, version: 7, conflicts, asked: [] as string[] }
  const fail = (status: number): never => { throw new ClusterError(`no: ${status}`, { reason: 'Refused', status }) }
  const connection: Pick<Connection, 'request'> = {
    async request(_, { method = 'GET', headers = {}, body } = {}) {
      state.asked.push(`${method} ${headers['content-type'] ?? ''}`.trim())
      if (state.webhooks === undefined) return fail(404)
      if (method === 'PATCH') {
        if (state.conflicts > 0) {
          state.conflicts -= 1
          state.version += 1
          return fail(422)
        }
        const operations: readonly Operation[] = JSON.parse(JSON.stringify(body))
        const removed = Number(operations[2]?.path.split('/')[2])
        if (operations[0]?.value !== `${state.version}` || operations[1]?.value !== state.webhooks[removed]?.name) return fail(422)
        state.webhooks = state.webhooks.filter((_, index) => index !== removed)
      }
      const text = JSON.stringify({ metadata: { resourceVersion: `${state.version}` }, webhooks: state.webhooks })
      return { status: 200, body: (async function * () {})(), json: () => Promise.resolve(JSON.parse(text)), text: () => Promise.resolve(text) }
    },
  }
  return { state, store: createWebhookStore(connection) }
}

void t.test('takes our entry out, and leaves those of others', async t => {
  for (const [clientConfig, where] of [[reach, reach], [{ service: { ...service.service, path: '/mutate', port: 443 } }, service]] as const) {
    const { state, store } = start([other, ours(clientConfig)])
    t.equal(await withdraw(store, where), true)
    t.same(state.webhooks, [other])
    t.same(state.asked, ['GET', 'PATCH application/json-patch+json'])
  }
})

void t.test('leaves an entry by which another Versprei is called, and has nothing to do where there is none', async t => {
  for (const webhooks of [[ours({ url: 'https://192.0.2.2/mutate' })], [ours(service)], [other], [], undefined]) {
    const { state, store } = start(webhooks)
    t.equal(await withdraw(store, reach), false)
    t.same(state.webhooks, webhooks)
    t.same(state.asked, ['GET'])
  }
})

void t.test('looks again where another has written, and gives up in the end', async t => {
  const some = start([ours()], 4)
  t.equal(await withdraw(some.store, reach), true)
  t.same(some.state.webhooks, [])
  await t.rejects(withdraw(start([ours()], 5).store, reach), { message: 'no: 422' })
})
