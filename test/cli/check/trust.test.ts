import t from 'tap'
import { createAuthority } from '../../../src/certificates/authority.ts'
import type { Asked } from '../../../src/cli/check/asked.ts'
import type { Evidence, Seen } from '../../../src/cli/check/evidence.ts'
import { probe } from '../../../src/cli/check/probe.ts'
import type { Called } from '../../../src/cli/called.ts'
import { seeSecret } from '../../../src/cli/check/see-certificates.ts'
import { judgeCertificate, judgeTrust } from '../../../src/cli/check/trust.ts'
import { serveCertificates } from './installation.ts'

const now = new Date()
const day = 86_400_000
const other = (await createAuthority({ now, commonName: 'Another' })).certificate
const service: Called = { kind: 'service', namespace: 'ns', name: 'versprei', port: 443, path: '/mutate', caBundle: other }
const url: Called = { kind: 'url', url: 'https://10.0.0.1:8443/mutate', caBundle: other }
const seen = (at: string, fault?: string, names: readonly string[] = ['versprei.ns.svc'], days = 89): Seen =>
  ({ at, fault, names, notAfter: new Date(now.getTime() + days * day) })
const away: Evidence = { at: '10.0.0.2:8443', unreached: 'no handshake within 3 s' }
const forbidden: Asked<Seen> = { kind: 'forbidden', right: 'get secrets "s" in ns', message: '' }
const absent: Asked<Seen> = { kind: 'absent' }
const found = (value: Seen): Asked<Seen> => ({ kind: 'found', value })
const without = (called: Called): Called => ({ ...called, caBundle: undefined })

void t.test('a caBundle is called good only by what was seen', async t => {
  const cases: readonly { name: string, called?: Called, served?: readonly Evidence[], secret?: Asked<Seen>, want: object }[] = [
    { name: 'no entry', want: { status: 'skip' } },
    { name: 'all endpoints are trusted', called: service, served: [seen('a'), seen('b')], want: { status: 'ok', found: /\(a, b\)$/ } },
    { name: 'one endpoint is not', called: service, served: [seen('a'), seen('b', 'why')],
      want: { status: 'fail', found: /b serves is not trusted: why$/ } },
    { name: 'one is not reached: the Secret tells', called: service, served: [seen('a'), away], secret: found(seen('s')),
      want: { status: 'ok', found: /Secret ns\/s/ } },
    { name: 'the Secret is not trusted', called: service, served: [away], secret: found(seen('s', 'why')),
      want: { status: 'fail', found: /why$/ } },
    { name: 'the Secret may not be read', called: service, served: [away], secret: forbidden,
      want: { status: 'warn', advice: /get secrets "s" in ns$/ } },
    { name: 'one is good, and nothing is known of the other', called: service, served: [seen('a'), away], want: { status: 'warn' } },
    { name: 'there is no endpoint, and no Secret', called: service,
      want: { status: 'warn', found: /^not known: nobody is there to be asked; there is no Secret ns\/s$/ } },
    { name: 'who answers is another', called: service, served: [seen('a', 'why', ['printer.example.com'])],
      want: { status: 'warn', found: /someone else answers at a/ } },
    { name: 'a URL that is trusted', called: url, served: [seen('u')], want: { status: 'ok' } },
    { name: 'a URL that is not, whatever its name', called: url, served: [seen('u', 'why', ['x'])], want: { status: 'fail' } },
    { name: 'a URL that is not reached', called: url, served: [away], secret: found(seen('s')),
      want: { status: 'warn', found: /^not known: / } },
    { name: 'no bundle for a Service', called: without(service), served: [seen('a')], secret: found(seen('s')), want: { status: 'fail' } },
    { name: 'no bundle for a URL', called: without(url), served: [seen('a')],
      want: { status: 'warn', found: /this machine's vouch for a$/ } },
    { name: 'a bundle of nothing', called: { ...service, caBundle: 'x' }, served: [seen('a')],
      want: { status: 'fail', found: 'it holds what is no certificate' } },
  ]
  for (const { name, called, served = [], secret = absent, want } of cases) {
    t.match(judgeTrust({ called, served, secret, secretName: 'ns/s' }), want, name)
  }
})

void t.test('the end of the certificate is that of the first to end', async t => {
  const cases: readonly { name: string, served?: readonly Evidence[], secret?: Asked<Seen>, want: object }[] = [
    { name: 'good', served: [seen('a'), seen('b', undefined, [], 50)],
      want: { status: 'ok', found: /^that of b is good until .* UTC, 50 days$/ } },
    { name: 'soon', served: [seen('a', undefined, [], 3)], want: { status: 'warn', found: /3 days$/ } },
    { name: 'over', served: [seen('a', undefined, [], -1)], want: { status: 'fail', found: /^that of a ended at/ } },
    { name: 'by the Secret', secret: found(seen('s')), want: { status: 'ok', found: /^that of s/ } },
    { name: 'not known', served: [away], secret: forbidden, want: { status: 'warn', advice: /get secrets/ } },
    { name: 'of someone else', served: [seen('a', 'why', ['x'])], want: { status: 'warn' } },
  ]
  for (const { name, served = [], secret = absent, want } of cases) {
    t.match(judgeCertificate({ called: service, served, secret, secretName: 'ns/s' }, now.getTime()), want, name)
  }
})

void t.test('a handshake tells what is served, trusted or not', async t => {
  const { port, authority, cert } = await serveCertificates(t)
  const at = `127.0.0.1:${port}`
  const names = ['versprei.versprei-system.svc', '127.0.0.1']
  const place = { host: '127.0.0.1', port, servername: 'versprei.versprei-system.svc' }
  t.match(await probe(place, authority, 20_000), { at, fault: undefined, names })
  t.match(await probe({ ...place, servername: '127.0.0.1' }, authority, 20_000), { fault: undefined }, 'an address is a name')
  t.match(await probe(place, cert, 20_000), { fault: undefined }, 'the leaf itself is in the bundle, as Go takes it')
  t.match(await probe(place, other, 20_000), { at, fault: 'the caBundle holds nobody who signed it', names })
  t.match(await probe({ ...place, servername: 'versprei.another.svc' }, authority, 20_000), { fault: 'it is for another name' })
  t.match(await probe({ ...place, port: 1 }, authority, 20_000), { at: '127.0.0.1:1', unreached: /ECONNREFUSED/ })
})

void t.test('what a Secret holds is judged as if it were served', async t => {
  const { authority, cert } = await serveCertificates(t)
  const secretOf = (text: string): Asked =>
    ({ kind: 'found', value: { metadata: { namespace: 'versprei-system' }, data: { 'tls.crt': Buffer.from(text).toString('base64') } } })
  const called = (caBundle: string, namespace = 'versprei-system'): Called => ({ ...service, namespace, caBundle })
  const fault = (asked: Asked<Seen>) => (asked.kind === 'found' ? asked.value.fault : asked)
  t.equal(fault(seeSecret(secretOf(cert), 's', called(authority))), undefined)
  t.equal(fault(seeSecret(secretOf(cert), 's', called(other))), 'the caBundle holds nobody who signed it')
  t.equal(fault(seeSecret(secretOf(cert), 's', called(authority, 'another'))), 'it is not for versprei.another.svc')
  t.match(seeSecret(secretOf(''), 's', called(authority)), { kind: 'failed', message: 's: tls.crt: holds no certificate' })
})
