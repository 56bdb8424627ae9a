import { isIPv4, isIPv6 } from 'node:net'

/** A name a certificate is good for: a DNS name in lower case, or an IP address in the one form that {@link canonicalAddress} gives. */
export interface Host {
  readonly kind: 'dns' | 'ip'
  readonly value: string
}

/** The one written form of an address, so that `::1` and `0:0:0:0:0:0:0:1` compare equal (RFC 5952, by way of the URL parser). */
export const canonicalAddress = (address: string): string =>
  isIPv6(address) && !address.includes('%') ? new URL(`https://[${address}]`).hostname.slice(1, -1) : address

// RFC 1123: labels of letters, digits and inner hyphens, at most 63 long; one leading wildcard label, as TLS clients understand it.
const dnsName = /^(?:\*\.)?[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$/
const allDigits = /^\d+$/

function mistakeIn(text: string): string | undefined {
  if (text === '') return 'a host name is empty; give a DNS name or an IP address'
  if (text.includes('%')) return `${JSON.stringify(text)} has a zone; a certificate holds the bare address`
  if (text.length > 253) return `${JSON.stringify(`${text.slice(0, 40)}…`)} is longer than the 253 characters of a DNS name`
  // Its last label tells a mistyped IPv4 address (10.0.0.256) from a name: no top-level domain is all digits.
  if (!dnsName.test(text) || allDigits.test(text.split('.').at(-1) ?? '')) {
    return `${JSON.stringify(text)} is neither a DNS name nor an IP address`
  }
  return undefined
}

/** The hosts, each once and in the order given; or every mistake, in words for the person who wrote them. */
export function parseHosts(
  texts: readonly string[]
): { readonly hosts: readonly Host[], readonly mistakes?: never } | { readonly hosts?: never, readonly mistakes: readonly string[] } {
  if (texts.length === 0) return { mistakes: ['no host is given; a certificate needs at least one DNS name or IP address'] }
  const hosts = new Map<string, Host>()
  const mistakes: string[] = []
  for (const text of texts) {
    const isAddress = isIPv4(text) || (isIPv6(text) && !text.includes('%'))
    const value = isAddress ? canonicalAddress(text) : text.toLowerCase()
    const mistake = isAddress ? undefined : mistakeIn(value)
    if (mistake === undefined) hosts.set(value, { kind: isAddress ? 'ip' : 'dns', value })
    else mistakes.push(mistake)
  }
  return mistakes.length > 0 ? { mistakes } : { hosts: [...hosts.values()] }
}

/** As {@link parseHosts}, for a caller that cannot go on: throws one Error that lists every mistake. */
export function requireHosts(texts: readonly string[]): readonly Host[] {
  const parsed = parseHosts(texts)
  if (parsed.mistakes !== undefined) throw new Error(`Hosts of the certificate: ${parsed.mistakes.join('; ')}`)
  return parsed.hosts
}
