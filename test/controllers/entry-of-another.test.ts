import { pino } from 'pino'
import t from 'tap'
import { ClusterError } from '../../src/cluster/cluster-error.ts'
import type { ClusterRequest } from '../../src/cluster/connection.ts'
import { keepRegistered } from '../../src/controllers/registration.ts'
import { webhookEntry } from '../../src/controllers/webhook-entry.ts'
import { isMap } from '../../src/placement/is-map.ts'

const reach = { url: 'https://192.0.2.1:8443/mutate' }
const ours = webhookEntry(reach, 'A', 'versprei-system')
const theirs = { ...ours, clientConfig: { service: { namespace: 'x', name: 'y' } } }

/** Registers once at an API server that keeps what another has applied: as long as that is there, ours is invalid beside it. */
async function register(refusal: number) {
  let webhooks: readonly object[] = [theirs]
  const asked: string[] = []
  const answer = () => {
    const body = { metadata: { name: 'versprei', resourceVersion: String(asked.length) }, webhooks }
    return { status: 200, body: (async function* nothing() {})(), json: async () => body, text: async () => JSON.stringify(body) }
  }
  const request = async (_path: string, { method = 'GET', body }: ClusterRequest = {}) => {
    asked.push(`${method}${Array.isArray(body) ? ' remove' : ''}`)
    if (Array.isArray(body)) webhooks = []
    else if (isMap(body)) {
      if (webhooks.includes(theirs)) throw new ClusterError('exactly one of url or service is required', { status: refusal, reason: 'Invalid' })
      webhooks = Array.isArray(body['webhooks']) ? body['webhooks'] : []
    }
    return answer()
  }
  const registration = keepRegistered({
    connection: { request }, reach, ownNamespace: 'versprei-system', authority: () => 'A', isLeading: () => true, isReached: () => true,
    now: () => new Date('2026-07-01'), onMended: () => undefined, log: pino({ level: 'silent' }), repeat: () => () => undefined,
  })
  await registration.check()
  return { asked, webhooks }
}

void t.test('where what another has applied makes our entry invalid, all of it goes and ours is written alone', async t => {
  t.same(await register(422), { asked: ['GET', 'PATCH', 'PATCH remove', 'PATCH'], webhooks: [ours] })
})

void t.test('whoever may not write the entry does not take it away', async t => {
  t.same(await register(403), { asked: ['GET', 'PATCH'], webhooks: [theirs] })
})
