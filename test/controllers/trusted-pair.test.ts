import { X509Certificate } from 'node:crypto'
import t from 'tap'
import { createAuthority, issueLeaf } from '../../src/certificates/authority.ts'
import { parsePair, type CertificatePair } from '../../src/certificates/pair.ts'
import { createTrustedPair } from '../../src/controllers/trusted-pair.ts'

const made = new Date('2026-06-01T00:00:00Z')
const day = 86_400_000
const hosts = ['localhost']

const authorities = await Promise.all(['a', 'b'].map(() => createAuthority({ now: made, commonName: 'Versprei' })))
const [a, b] = authorities.map(({ certificate }) => certificate.trim())
const issue = async (index: number, ca?: string): Promise<CertificatePair> => {
  const authority = authorities[index]!
  const leaf = await issueLeaf(authority, { hosts, now: made })
  return parsePair({ cert: leaf.certificate, key: leaf.key, authority: ca ?? authority.certificate }, '')
}
const [byA, byB] = [await issue(0), await issue(1)]

const start = (options: { readonly isJudged?: boolean, readonly refuses?: boolean } = {}) => {
  const state = { now: made, elapsed: 0, served: [] as CertificatePair[], distrusted: 0, unfit: 0 }
  const pair = createTrustedPair({
    initial: byA, isJudged: options.isJudged ?? true, now: () => state.now, elapsed: () => state.elapsed,
    serve(next) {
      if (options.refuses === true) throw new Error('no')
      state.served.push(next)
    },
    onUnfit: () => { state.unfit += 1 },
    onDistrusted: () => { state.distrusted += 1 },
  })
  const see = (...trusted: readonly (string | undefined)[]) => pair.see({ isCalled: true, trusted: trusted.filter(one => one !== undefined) })
  return { pair, state, see }
}

void t.test('a pair by another authority waits until that has been trusted for 5 s; meanwhile both have to be', t => {
  const { pair, state, see } = start()
  see(a)
  pair.offer(byB)
  t.equal(pair.authority(false), `${a}\n${b}\n`)
  see(a)
  see(a, b)
  state.elapsed = 4999
  see(a, b)
  t.same(state.served, [])
  t.equal(pair.served(), byA)
  state.elapsed = 5000
  see(a, b)
  t.same(state.served, [byB])
  t.equal(pair.authority(false), `${b}\n`)
  t.end()
})

void t.test('trust that is taken back in between counts anew', t => {
  const { pair, state, see } = start()
  pair.offer(byB)
  see(a, b)
  state.elapsed = 4000
  see(a)
  state.elapsed = 8000
  see(a, b)
  t.same(state.served, [])
  state.elapsed = 13_000
  see(a, b)
  t.same(state.served, [byB])
  t.end()
})

void t.test('a pair is served at once', t => {
  const cases: Readonly<Record<string, (rig: ReturnType<typeof start>) => void>> = {
    'when the API server trusts it and not the old one': ({ see }) => see(b),
    'when nobody calls': ({ pair }) => pair.see({ isCalled: false, trusted: undefined }),
    'when the API server goes by the roots of its machine': ({ pair, state }) => {
      pair.see({ isCalled: true, trusted: undefined })
      state.elapsed = 1
    },
    'when the old one has ended': ({ pair, state }) => {
      state.now = new Date(made.getTime() + 91 * day)
      pair.offer(byB)
    },
  }
  for (const [name, happen] of Object.entries(cases)) {
    const rig = start()
    rig.pair.offer(byB)
    t.same(rig.state.served, [], name)
    happen(rig)
    t.same(rig.state.served, [byB], name)
  }
  const unjudged = start({ isJudged: false })
  unjudged.pair.offer(byB)
  t.same(unjudged.state.served, [byB], 'where no API server calls')
  t.end()
})

void t.test('a leaf by the authority of the one before, as each renewal is, is served at once, whatever is known', async t => {
  const { pair, state } = start()
  const renewed = await issue(0)
  pair.offer(renewed)
  t.same(state.served, [renewed])
})

void t.test('the same certificate with more authorities is no other pair; all of them have to be trusted, if this replica leads', async t => {
  const { pair, state } = start()
  const both = { ...byA, ca: `${a}\n${b}\n` }
  pair.offer(both)
  t.same(state.served, [])
  t.equal(pair.authority(true), both.ca)
  t.equal(pair.authority(false), `${a}\n`, 'another replica needs what vouches for it')
  pair.drop([`${b}\n`])
  t.same(pair.dropped(), [b])
  t.equal(pair.authority(true), `${a}\n`)
  pair.drop([`${a}\n`])
  t.same(pair.dropped(), [], 'what is served needs it')
  t.equal(new X509Certificate(pair.served().cert).fingerprint256, byA.fingerprint)
})

void t.test('tells that what is served is not trusted, each time', t => {
  const { state, see } = start()
  see(a)
  t.equal(state.distrusted, 0)
  see(b)
  see()
  t.equal(state.distrusted, 2)
  t.end()
})

void t.test('for how long an authority is trusted, and that it is forgotten, is what each look has found', t => {
  const { pair, state, see } = start()
  t.equal(pair.trustedFor(a!), 0, 'no look yet')
  t.notOk(pair.isForgotten(a!))
  see(a)
  state.elapsed = 700
  t.same([pair.trustedFor(a!), pair.trustedFor(b!)], [700, 0])
  t.same([pair.isForgotten(a!), pair.isForgotten(b!)], [false, true])
  pair.see({ isCalled: false, trusted: undefined })
  t.same([pair.trustedFor(a!), pair.isForgotten(a!)], [Infinity, true], 'nobody calls')
  t.end()
})

void t.test('one that cannot be served with is told, and the old one stays', t => {
  const { pair, state, see } = start({ refuses: true })
  pair.offer(byB)
  see(b)
  see(b)
  t.equal(state.unfit, 1)
  t.equal(pair.served(), byA)
  t.end()
})

void t.test('is settled after the first look, however that went', t => {
  const { pair } = start()
  t.notOk(pair.isSettled())
  pair.noteLook()
  t.ok(pair.isSettled())
  t.ok(start({ isJudged: false }).pair.isSettled())
  t.end()
})
