import t from 'tap'
import { createAuthority, issueLeaf } from '../../src/certificates/authority.ts'
import { holdsAuthority, uniteAuthorities, vouchersOf } from '../../src/controllers/ca-bundle.ts'

const now = new Date('2026-07-01')
const make = async (made: Date) => (await createAuthority({ now: made, commonName: 'Versprei test' })).certificate
const base64 = (...certificates: readonly string[]): string => Buffer.from(certificates.join('')).toString('base64')
const [ours, theirs, ended] = [await make(now), await make(now), await make(new Date('2025-01-01'))]

void t.test('a bundle holds our authority beside those of others that have not ended', async t => {
  t.equal(uniteAuthorities(undefined, ours, now), ours)
  t.equal(uniteAuthorities('', ours, now), ours)
  t.equal(uniteAuthorities(base64(ours), ours, now), ours)
  t.equal(uniteAuthorities(base64(theirs), ours, now), ours + theirs)
  t.equal(uniteAuthorities(base64(theirs, ours, ended), ours, now), ours + theirs, 'ours first, and none that has ended')
  t.equal(uniteAuthorities(base64('-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n'), ours, now), ours, 'nor what is none')
})

void t.test('a bundle is bounded, whoever has come and gone', async t => {
  const many = await Promise.all(Array.from({ length: 9 }, () => make(now)))
  const united = uniteAuthorities(base64(...many), ours, now)
  t.equal(united, ours + many.slice(0, 7).join(''))
})

void t.test('whether a bundle holds an authority is told by its certificates', async t => {
  t.ok(holdsAuthority(base64(theirs, ours), ours))
  t.ok(holdsAuthority(base64(`${ours}\n\n`), ours))
  t.ok(holdsAuthority(base64(theirs, ours), ours + theirs))
  t.notOk(holdsAuthority(base64(theirs), ours))
  t.notOk(holdsAuthority(base64(ours), ours + theirs))
  t.notOk(holdsAuthority(undefined, ours))
})

void t.test('a bundle that holds what is wanted stays as another wrote it, and loses what is dropped', async t => {
  const theirText = `# injected\n${theirs}${ours}`
  t.equal(uniteAuthorities(base64(theirText), ours, now), theirText)
  t.equal(uniteAuthorities(base64(theirText), ours, now, [theirs.trim()]), ours)
  t.equal(uniteAuthorities(base64(theirText), ours + theirs, now, [theirs.trim()]), theirText, 'what is needed is not dropped')
})

void t.test('a certificate is the same however its text is broken into lines', async t => {
  const wide = ours.replace(/(?<=BEGIN CERTIFICATE-----\n)[^-]+/u, body => `${body.replaceAll('\n', '')}\n`)
  t.not(wide, ours)
  t.ok(holdsAuthority(base64(wide), ours))
})

void t.test('of several authorities those vouch for a certificate that have signed it', async t => {
  const authority = await createAuthority({ now, commonName: 'Versprei' })
  const leaf = await issueLeaf(authority, { hosts: ['localhost'], now })
  t.same(vouchersOf([theirs, authority.certificate, 'rubbish', ours], leaf.certificate), [authority.certificate])
})
