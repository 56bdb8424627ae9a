import type { Claim } from '../../../src/placement/seats/ideal.ts'

/** The ideal in exact rational arithmetic, written apart from the product's: each Xᵢ(n) as numerator over denominator. */
export interface Ratio {
  readonly top: bigint
  readonly bottom: bigint
}

export function exactIdeal(claims: readonly Claim[], pods: number): Ratio[] {
  let left = BigInt(pods)
  const shares: Ratio[] = claims.map(claim => {
    const taken = left < BigInt(claim.base) ? left : BigInt(claim.base)
    left -= taken
    return { top: taken, bottom: 1n }
  })
  const open = new Set(claims.keys().filter(i => claims[i]!.weight > 0))
  for (;;) {
    const weight = [...open].reduce((sum, i) => sum + BigInt(claims[i]!.weight), 0n)
    // Whoever would get more than it has room for gets its room; then the rest is divided anew.
    const over = [...open].filter(i => {
      const { max, base, weight: own } = claims[i]!
      return max !== undefined && BigInt(own) * left >= BigInt(max - base) * weight
    })
    if (over.length === 0) {
      for (const i of open) {
        const { top } = shares[i]!
        shares[i] = { top: top * weight + BigInt(claims[i]!.weight) * left, bottom: weight }
      }
      return shares
    }
    // The one that fills first leaves first: the order matters for who is over at all.
    over.sort((a, b) => {
      const [x, y] = [claims[a]!, claims[b]!]
      return (x.max! - x.base) * y.weight - (y.max! - y.base) * x.weight
    })
    const first = over[0]!
    const room = BigInt(claims[first]!.max! - claims[first]!.base)
    shares[first] = { top: shares[first]!.top + room, bottom: 1n }
    left -= room
    open.delete(first)
  }
}

/** Whether |count − share| ≤ 1 − 1/(2k−2), exactly. */
export function isWithinBound(count: number, share: Ratio, k: number): boolean {
  const difference = BigInt(count) * share.bottom - share.top
  const off = difference < 0n ? -difference : difference
  if (k < 2) return off === 0n
  const twoKLessTwo = BigInt(2 * k - 2)
  return off * twoKLessTwo <= (twoKLessTwo - 1n) * share.bottom
}
