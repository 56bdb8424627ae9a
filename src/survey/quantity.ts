/** The powers of 1024 and of 10 that suffixes stand for (apimachinery `resource/suffix.go`). */
const binary: Readonly<Record<string, number>> = { Ki: 1, Mi: 2, Gi: 3, Ti: 4, Pi: 5, Ei: 6 }
const decimal: Readonly<Record<string, number>> = { n: -9, u: -6, m: -3, '': 0, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 }

/** A sign, digits with a point somewhere or none, and a suffix or an exponent. */
const syntax =
  /^(?<sign>[+-]?)(?:(?<whole>\d+)(?:\.(?<part>\d*))?|\.(?<bare>\d+))(?:(?<suffix>[numkMGTPE]|[KMGTPE]i)?|[eE](?<exponent>[+-]?\d{1,3}))$/u

/**
 * A Kubernetes quantity (`1500m`, `1.5Gi`, `2e3`) in thousandths, exactly; what is less than a thousandth is rounded away from zero, as the
 * API server does with every amount of a container (core/v1 `SetDefaults_ResourceList`). A number counts as its text: JSON may hold one.
 * Undefined for what is none.
 */
export function parseQuantity(value: unknown): bigint | undefined {
  const { groups } = syntax.exec(typeof value === 'number' ? String(value) : typeof value === 'string' ? value.trim() : '') ?? {}
  if (groups === undefined) return undefined
  const { sign, whole = '', part = '', bare = '', suffix = '', exponent } = groups
  const fraction = part + bare
  const digits = BigInt(`0${whole}${fraction}`)
  const power = 3 - fraction.length + (exponent === undefined ? decimal[suffix] ?? 0 : Number(exponent))
  const amount = scale(digits * 1024n ** BigInt(binary[suffix] ?? 0), power)
  return sign === '-' ? -amount : amount
}

/** amount × 10^power, rounded up. */
function scale(amount: bigint, power: number): bigint {
  return power >= 0 ? amount * 10n ** BigInt(power) : ceil(amount, 10n ** BigInt(-power))
}

/** Not for negative amounts. */
function ceil(amount: bigint, by: bigint): bigint {
  return (amount + by - 1n) / by
}

/** Thousandths of a resource in its unit: of `cpu` as they are, of all others whole ones, rounded up as the scheduler does. */
export function amountOf(resource: string, thousandths: bigint): number {
  return Number(resource === 'cpu' ? thousandths : thousandths > 0n ? ceil(thousandths, 1000n) : thousandths / 1000n)
}
