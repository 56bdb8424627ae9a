import type { Asked } from './asked.ts'
import { isBundle, isSeen, type Evidence, type Seen } from './evidence.ts'
import { fail, ok, skip, warn, type Line } from './line.ts'
import type { Called } from '../called.ts'

/** What is known of the certificates that are served. */
export interface Trust {
  readonly called: Called | undefined
  /** What was seen where the API server calls: at the URL, or at the endpoints of the Service. */
  readonly served: readonly Evidence[]
  /** What the Secret holds, by which replicas share their certificates; the error is that of what it holds. */
  readonly secret: Asked<Seen>
  /** Of the Secret. */
  readonly secretName: string
}

const mend = 'the leader puts it right within 10 s: if it stays so, see its log, and who else writes it (cert-manager\'s injector?)'
const look = 'run it where the replicas can be reached, in the cluster'

/** What was seen, and is Versprei's: at an address of a pod someone else may answer, seen from outside its cluster. */
function ours({ called, served }: Trust): readonly Seen[] {
  return served.filter(isSeen).filter(({ fault, names }) =>
    called?.kind !== 'service' || fault === undefined || names.includes(`${called.name}.${called.namespace}.svc`))
}

/** Whether the API server trusts what it is served. Never `ok` by what was not seen. */
export function judgeTrust(trust: Trust): Line {
  const { called, served } = trust
  if (called === undefined) return skip('ca-bundle', 'there is no entry that would have one')
  if (called.caBundle === undefined) return judgeWithout(trust)
  if (!isBundle(called.caBundle)) return fail('ca-bundle', 'it holds what is no certificate', mend)
  const seen = ours(trust)
  const bad = seen.find(({ fault }) => fault !== undefined)
  if (bad !== undefined) return fail('ca-bundle', `the certificate that ${bad.at} serves is not trusted: ${bad.fault}`, mend)
  const all = seen.map(({ at }) => at).join(', ')
  if (seen.length > 0 && seen.length === served.length) return ok('ca-bundle', `vouches for what is served (${all})`)
  if (called.kind === 'service') return judgeSecret(trust)
  return warn('ca-bundle', `not known: ${unreached(served)}`, 'run it where that address can be reached')
}

/** Then the API server's own authorities decide, and none of those signs a name of a Service. */
function judgeWithout({ called, served }: Trust): Line {
  const advice = 'see why whoever should write it does not: the leader, or cert-manager\'s injector'
  if (called?.kind === 'service') return fail('ca-bundle', 'there is none, and nobody else vouches for a Service', advice)
  const first = served.find(isSeen)
  const here = first === undefined ? unreached(served) : first.fault ?? `this machine's vouch for ${first.at}`
  return warn('ca-bundle', `there is none, and the API server's own authorities are not known here: ${here}`, advice)
}

function unreached(served: readonly Evidence[]): string {
  const [first, ...rest] = served.flatMap(one => (isSeen(one)
    ? one.fault === undefined ? [] : [`from here someone else answers at ${one.at}`]
    : [`${one.at} is not reached from here: ${one.unreached}`]))
  return first === undefined ? 'nobody is there to be asked' : `${first}${rest.length === 0 ? '' : `, nor are ${rest.length} more`}`
}

function judgeSecret({ served, secret, secretName }: Trust): Line {
  const name = `Secret ${secretName}`
  if (secret.kind === 'found') {
    const { fault } = secret.value
    return fault === undefined
      ? ok('ca-bundle', `vouches for the certificate in ${name}, which replicas serve`)
      : fail('ca-bundle', `the certificate in ${name}, which replicas serve, is not trusted: ${fault}`, mend)
  }
  const why = `not known: ${unreached(served)}`
  if (secret.kind === 'forbidden') {
    return warn('ca-bundle', `${why}; and ${name} you may not read`, `${look}, or with the right: ${secret.right}`)
  }
  return warn('ca-bundle', `${why}; ${secret.kind === 'absent' ? `there is no ${name}` : secret.message}`, look)
}

const week = 7 * 86_400_000

/** When the first certificate ends of those that are served. `now`: milliseconds since 1970. */
export function judgeCertificate(trust: Trust, now: number): Line {
  const seen = ours(trust)
  const known = seen.length > 0 ? seen : trust.secret.kind === 'found' ? [trust.secret.value] : []
  const [first] = known.toSorted((a, b) => a.notAfter.getTime() - b.notAfter.getTime())
  if (first === undefined) {
    const right = trust.secret.kind === 'forbidden' ? `, or with the right: ${trust.secret.right}` : ''
    return warn('certificate', `its end is not known: ${unreached(trust.served)}`, `${look}${right}`)
  }
  const left = first.notAfter.getTime() - now
  const when = `${first.notAfter.toISOString().slice(0, 16).replace('T', ' ')} UTC`
  const renew = 'see the log of the leader, which renews those that Versprei made; others, where they come from'
  if (left <= 0) return fail('certificate', `that of ${first.at} ended at ${when}: every call fails, and pods are not placed`, renew)
  const text = `that of ${first.at} is good until ${when}, ${Math.floor(left / 86_400_000)} days`
  return left < week ? warn('certificate', text, renew) : ok('certificate', text)
}
