import type { Filled } from './fill.ts'
import type { Change } from './recommendation.ts'

/** A change that could be recommended, and what would be certain of it. */
export interface Option {
  readonly change: Change
  /** Over nodes; undefined: nothing. */
  readonly nodes: Filled | undefined
  /** Over the topology that was asked for; undefined: nothing. */
  readonly topology: Filled | undefined
  readonly summary: string
  readonly notes: readonly string[]
}
