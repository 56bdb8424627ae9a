import t from 'tap'
import { claimed, parseLease, released } from '../../src/cluster/lease.ts'
import { parseReplicas, versionNotes } from '../../src/cluster/lease-versions.ts'

const named = { namespace: 'versprei-system', name: 'versprei' }
const candidate = { identity: 'a', url: 'https://a.test:8444' }
const now = Date.UTC(2026, 0, 2)
const written = (object: object) => ({ ...object, metadata: { ...(object as { metadata: object }).metadata, resourceVersion: '1' } })
const followers = [{ identity: 'c', url: 'x', ready: true }, { identity: 'b', version: '0.1.0', ready: false }]
const held = written(claimed(undefined, named, candidate, now, versionNotes('0.2.0', followers)))

void t.test('what a leader writes of itself and its followers is what is read', async t => {
  t.strictSame(parseReplicas(held), {
    leader: { identity: 'a', version: '0.2.0' }, renewed: now,
    followers: [{ identity: 'b', version: '0.1.0' }, { identity: 'c', version: undefined }],
  })
})

void t.test('a holder that writes no versions leaves none of another\'s, and one that releases the Lease neither', async t => {
  const nobody = { leader: undefined, followers: [] }
  t.match(parseReplicas(claimed(parseLease(held), named, { identity: 'b', url: undefined }, now)), { leader: { identity: 'b', version: undefined }, followers: [] })
  t.match(parseReplicas(released(parseLease(held), now)), nobody)
})

void t.test('what makes no sense counts as not said', async t => {
  const nothing = { leader: undefined, followers: [], renewed: undefined }
  const noted = (followers: unknown) => ({ metadata: { annotations: { 'versprei.io/followers': followers } } })
  for (const lease of [undefined, null, 'x', {}, { metadata: [], spec: 7 }, { spec: { holderIdentity: '', renewTime: 'soon' } },
    ...['', '{', '[]', 'null', '7', 7].map(noted)]) t.strictSame(parseReplicas(lease), nothing, JSON.stringify(lease))
  t.strictSame(parseReplicas(noted('{"a":7,"__proto__":"1"}')).followers.map(({ identity, version }) => [identity, version]),
    [['a', undefined], ['__proto__', '1']])
})
