/**
 * What the Deployment controller makes of its ReplicaSets while it rolls, pure: kube-controller-manager 1.36,
 * `pkg/controller/deployment/{rolling,sync}.go`. maxSurge and maxUnavailable are 25 %, minReadySeconds is 0.
 */

export interface RolledSet {
  /** spec.replicas */
  readonly wanted: number
  /** status.availableReplicas: its Ready pods. */
  readonly available: number
}

/** 25 %, rounded up (`ResolveFenceposts`). */
const surge = (replicas: number): number => Math.ceil(replicas / 4)
/** 25 %, rounded down; never 0 together with a surge of 0. */
const mayLack = (replicas: number): number => (surge(replicas) === 0 ? 1 : Math.floor(replicas / 4))

const sum = (sets: readonly RolledSet[], of: keyof RolledSet): number => sets.reduce((total, one) => total + one[of], 0)

/**
 * One sync (`rolloutRolling`): what each set's replicas should be, the oldest first.
 *
 * @param sets in order of creation
 * @param current the index of the set whose template the Deployment has now
 */
export function rollingStep(replicas: number, sets: readonly RolledSet[], current: number): readonly number[] {
  const before = sets.map(({ wanted }) => wanted)
  const own = sets[current]!
  if (own.wanted > replicas) return before.with(current, replicas)
  const grown = own.wanted + Math.min(replicas + surge(replicas) - sum(sets, 'wanted'), replicas - own.wanted)
  return grown > own.wanted ? before.with(current, grown) : shrinkOld(replicas, sets, current)
}

/** `reconcileOldReplicaSets`: first the pods that are not available, then as many as can be done without. */
function shrinkOld(replicas: number, sets: readonly RolledSet[], current: number): readonly number[] {
  const fewest = replicas - mayLack(replicas)
  const own = sets[current]!
  const wanted = sets.map(one => one.wanted)
  const reduce = (most: number, reducible: (index: number) => number): void => {
    let left = most
    for (const index of sets.keys()) {
      if (index === current) continue
      const by = Math.max(0, Math.min(left, reducible(index)))
      wanted[index] = wanted[index]! - by
      left -= by
    }
  }
  const most = sum(sets, 'wanted') - fewest - (own.wanted - own.available)
  if (most <= 0) return wanted
  reduce(most, index => sets[index]!.wanted - sets[index]!.available)
  reduce(sum(sets, 'available') - fewest, index => wanted[index]!)
  return wanted
}

/**
 * `scale`: what each set's replicas should be once the Deployment's own have changed from `before`. A single active set gets all; in the
 * middle of a roll each gets its part, and what rounding leaves goes to the largest.
 */
export function scaleProportionally(
  replicas: number, before: number, sets: readonly RolledSet[], current: number,
): readonly number[] {
  const wanted = sets.map(one => one.wanted)
  const active = [...sets.keys()].filter(index => wanted[index]! > 0)
  if (active.length < 2) return wanted.with(active[0] ?? current, replicas)
  const own = sets[current]!
  if (own.wanted === replicas && own.available === replicas) return wanted.map((_, index) => (index === current ? replicas : 0))
  const toAdd = (replicas === 0 ? 0 : replicas + surge(replicas)) - sum(sets, 'wanted')
  if (toAdd === 0) return wanted
  const largestFirst = active.toSorted((a, b) => wanted[b]! - wanted[a]! || (toAdd > 0 ? b - a : a - b))
  let left = toAdd
  for (const index of largestFirst) {
    const size = wanted[index]!
    const part = replicas === 0 ? -size : Math.round((size * (replicas + surge(replicas))) / (before + surge(before))) - size
    const added = toAdd > 0 ? Math.min(part, left) : Math.max(part, left)
    wanted[index] = size + added
    left -= added
  }
  const largest = largestFirst[0]!
  return wanted.with(largest, Math.max(0, wanted[largest]! + left))
}
