import type { Group } from './distributor.ts'
import { createSplit, type Split } from './split.ts'

/** Splits that are in use. Of 10,000 distributors most say the same few things: told apart they take 40 MiB, and no cache holds them. */
export interface Splits {
  /** The one split for groups that say this, to be let go as often as it was taken. */
  readonly take: (groups: readonly Group[]) => Split
  readonly letGo: (groups: readonly Group[]) => void
}

export function createSplits(): Splits {
  const known = new Map<string, { readonly split: Split, users: number }>()
  return {
    take(groups) {
      const text = JSON.stringify(groups)
      const one = known.get(text) ?? { split: createSplit(groups), users: 0 }
      one.users += 1
      known.set(text, one)
      return one.split
    },
    letGo(groups) {
      const text = JSON.stringify(groups)
      const one = known.get(text)
      if (one !== undefined && (one.users -= 1) === 0) known.delete(text)
    },
  }
}
