/** A group's claim on the seats: what the sequence and the ideal are computed from. */
export interface Claim {
  readonly weight: number
  readonly base: number
  readonly max?: number
}

/** How many pods beyond its base a group can take: Infinity without `max`, 0 without weight. */
export function roomBeyondBase({ weight, base, max }: Claim): number {
  if (weight === 0) return 0
  return max === undefined ? Infinity : max - base
}

/**
 * The proven bound on |pods − ideal| at every prefix of the sequence: 1 − 1/(2k−2) for k groups that
 * have a weight and room for it; 0 for one group.
 */
export function deviationBound(claims: readonly Claim[]): number {
  const k = claims.filter(claim => roomBeyondBase(claim) > 0).length
  return k < 2 ? 0 : 1 - 1 / (2 * k - 2)
}

/**
 * The ideal: how `pods` pods would be divided among the groups were pods divisible. First each `base`,
 * group by group in the listed order; then by weight; a group stops at its `max` and the rest go on.
 *
 * It is a water level: group i holds base + min(room, weight · level), and the level is where all add up.
 */
export function ideal(claims: readonly Claim[], pods: number): number[] {
  let left = pods
  const bases = claims.map(claim => {
    const taken = Math.min(claim.base, left)
    left -= taken
    return taken
  })
  const level = waterLevel(claims, left)
  return claims.map((claim, i) => (bases[i] ?? 0) + Math.min(roomBeyondBase(claim), claim.weight * level))
}

function waterLevel(claims: readonly Claim[], pods: number): number {
  const rising = claims.filter(claim => roomBeyondBase(claim) > 0)
    .toSorted((a, b) => roomBeyondBase(a) / a.weight - roomBeyondBase(b) / b.weight)
  let weight = rising.reduce((sum, claim) => sum + claim.weight, 0)
  let left = pods
  for (const claim of rising) {
    const room = roomBeyondBase(claim)
    if ((left * claim.weight) / weight <= room) break
    left -= room
    weight -= claim.weight
  }
  return weight === 0 ? 0 : left / weight
}
