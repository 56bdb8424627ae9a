import { roomBeyondBase, type Claim } from './ideal.ts'
import { createRace } from './race.ts'

/** How many seats each group has had in the first `phase` of a race in which no group has a max. */
export type Starts = (phase: number) => readonly number[]

/**
 * Walks the race once, as far as anyone has asked, for all that enter it later: who had a seat is one byte (groups are 32 at most), and
 * counting those of 4,096 seats takes a few microseconds, where walking them takes hundreds.
 */
export function createStarts(claims: readonly Claim[]): Starts {
  const next = createRace(claims.map(claim => ({ weight: roomBeyondBase(claim) > 0 ? claim.weight : 0, base: 0 })))
  let owners = new Uint8Array(64)
  let walked = 0
  return phase => {
    if (phase > owners.length) {
      const longer = new Uint8Array(2 ** Math.ceil(Math.log2(phase)))
      longer.set(owners)
      owners = longer
    }
    for (; walked < phase; walked += 1) owners[walked] = next()
    const taken = claims.map(() => 0)
    for (let seat = 0; seat < phase; seat += 1) {
      const owner = owners[seat] ?? 0
      taken[owner] = (taken[owner] ?? 0) + 1
    }
    return taken
  }
}
