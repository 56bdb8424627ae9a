import forge from 'node-forge'

const { asn1 } = forge
const base = 128n

/** An arc in base 128, all but its last byte with the high bit set. */
function bytesOf(arc: bigint): readonly number[] {
  const bytes = [Number(arc % base)]
  for (let rest = arc / base; rest > 0n; rest /= base) bytes.unshift(Number(rest % base) | 0x80)
  return bytes
}

// Forge's own reading of an identifier stops at 32 bits an arc; one below 2.25 is a UUID and has 128 (ITU-T X.667).
function encode(identifier: string): string {
  const [first = 0n, second = 0n, ...rest] = identifier.split('.').map(BigInt)
  return String.fromCharCode(...[first * 40n + second, ...rest].flatMap(bytesOf))
}

/** The X.509 extension (RFC 5280, 4.2.1.12) with these object identifiers, as forge takes it. Throws when one is not made of numbers. */
export function extendedKeyUsage(identifiers: readonly string[]): object {
  const usages = identifiers.map(identifier => asn1.create(asn1.Class.UNIVERSAL, asn1.Type.OID, false, encode(identifier)))
  return { id: '2.5.29.37', name: 'extKeyUsage', value: asn1.create(asn1.Class.UNIVERSAL, asn1.Type.SEQUENCE, true, usages) }
}
