import t from 'tap'
import { claimed, parseLease, parsePeerUrl, peerUrlKey, released } from '../../src/cluster/lease.ts'

const urls = [
  { name: 'a host and a port', input: 'https://10.0.0.7:8444', want: 'https://10.0.0.7:8444' },
  { name: 'IPv6', input: 'https://[fd00::7]:8444', want: 'https://[fd00::7]:8444' },
  { name: 'the standard port', input: 'https://peer.test', want: 'https://peer.test' },
  { name: 'no TLS', input: 'http://10.0.0.7:8444', want: undefined },
  { name: 'a user', input: 'https://me@10.0.0.7:8444', want: undefined },
  { name: 'a password', input: 'https://me:secret@10.0.0.7:8444', want: undefined },
  { name: 'a path', input: 'https://10.0.0.7:8444/mutate', want: undefined },
  { name: 'a lone slash', input: 'https://10.0.0.7:8444/', want: undefined },
  { name: 'a query', input: 'https://10.0.0.7:8444?x=1', want: undefined },
  { name: 'a fragment', input: 'https://10.0.0.7:8444#x', want: undefined },
  { name: 'a port that is none', input: 'https://10.0.0.7:99999', want: undefined },
  { name: 'IPv6 without brackets', input: 'https://fd00::7:8444', want: undefined },
  { name: 'a line break', input: 'https://10.0.0.7:8444\n', want: undefined },
  { name: 'an empty text', input: '', want: undefined },
  { name: 'no text', input: 8444, want: undefined },
  { name: 'nothing', input: undefined, want: undefined },
]

void t.test('only a bare https address is a peer', async t => {
  for (const { name, input, want } of urls) t.equal(parsePeerUrl(input), want, name)
})

const now = Date.UTC(2026, 0, 2, 3, 4, 5, 6)
const time = '2026-01-02T03:04:05.006000Z'
const named = { namespace: 'versprei-system', name: 'versprei' }
const ours = { identity: 'a', url: 'https://a.test:8444' }
const head = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease' }
const metadata = {
  ...named, resourceVersion: '7', uid: 'u', labels: { team: 'x' }, annotations: { note: 'theirs', [peerUrlKey]: 'https://b.test:1' },
}
const spec = {
  holderIdentity: 'b', leaseDurationSeconds: 20, acquireTime: '2025-12-31T00:00:00.000000Z', renewTime: '2025-12-31T00:00:09.000000Z',
  leaseTransitions: 4, strategy: 'OldestEmulationVersion',
}
const record = parseLease({ ...head, metadata, spec })

void t.test('a Lease is read', async t => {
  const { holder, url, duration } = record
  t.same({ holder, url, duration }, { holder: 'b', url: 'https://b.test:1', duration: 20_000 })
})

void t.test('a Lease without a spec, or with a strange one, is held by nobody known', async t => {
  for (const spec of [undefined, null, 'x', {}, { holderIdentity: 7, leaseDurationSeconds: 'long' }, { leaseDurationSeconds: -1 }]) {
    const { holder, url, duration } = parseLease({ metadata: { resourceVersion: '1' }, spec })
    t.same({ holder, url, duration }, { holder: undefined, url: undefined, duration: 15_000 }, JSON.stringify(spec))
  }
})

void t.test('an answer that could not be written back safely is refused', async t => {
  for (const object of [undefined, null, 'page', {}, { metadata: {} }, { metadata: { resourceVersion: '' } }]) {
    const refused = new Error('the answer is not a Lease: it has no metadata.resourceVersion')
    t.throws(() => parseLease(object), refused, JSON.stringify(object))
  }
})

void t.test('labels and annotations do not count as a sign of life, the spec does, and another Lease of the name', async t => {
  const mark = (metadata: object, more: object = {}) => parseLease({ metadata, spec: { ...spec, ...more } }).mark
  t.equal(mark({ ...metadata, resourceVersion: '8', labels: { a: 'b' }, annotations: {} }), record.mark)
  t.not(mark(metadata, { renewTime: time }), record.mark)
  t.not(mark(metadata, { holderIdentity: 'c' }), record.mark)
  t.not(mark({ ...metadata, uid: 'v' }), record.mark)
})

void t.test('the first to come makes the Lease', async t => {
  t.strictSame(claimed(undefined, named, ours, now), {
    ...head,
    metadata: { ...named, annotations: { [peerUrlKey]: 'https://a.test:8444' } },
    spec: { holderIdentity: 'a', leaseDurationSeconds: 15, acquireTime: time, renewTime: time, leaseTransitions: 0 },
  })
})

void t.test('one who takes the Lease over counts it, and keeps what others wrote beside it', async t => {
  t.strictSame(claimed(record, named, ours, now), {
    ...head,
    metadata: { ...metadata, annotations: { note: 'theirs', [peerUrlKey]: 'https://a.test:8444' } },
    spec: { ...spec, holderIdentity: 'a', leaseDurationSeconds: 15, acquireTime: time, renewTime: time, leaseTransitions: 5 },
  })
})

void t.test('a renewal changes nothing but the time, and our own address', async t => {
  t.strictSame(claimed(record, named, { identity: 'b', url: 'https://[fd00::1]:8444' }, now), {
    ...head,
    metadata: { ...metadata, annotations: { note: 'theirs', [peerUrlKey]: 'https://[fd00::1]:8444' } },
    spec: { ...spec, leaseDurationSeconds: 15, renewTime: time },
  })
})

void t.test('a Lease that is released names nobody and no address, and keeps its count', async t => {
  t.strictSame(released(record, now), {
    ...head,
    metadata: { ...metadata, annotations: { note: 'theirs' } },
    spec: { ...spec, holderIdentity: '', leaseDurationSeconds: 1, acquireTime: time, renewTime: time },
  })
})
