/** One answer of the API server: when it was asked and when the answer was there, by our clock, and when it was sent, by its own. */
export interface Sample {
  /** Milliseconds since 1970, as all three. */
  readonly sent: number
  readonly received: number
  /** In whole seconds, cut off. */
  readonly date: number
}

/** Between how much and how much one clock is ahead of another; milliseconds, below zero where it is behind. */
export interface Offset {
  readonly least: number
  readonly most: number
}

/** HTTP's Date has no fractions of a second. */
export const dateStep = 1000

/**
 * How much the API server's clock is ahead of ours, by all samples together: the answer was sent at some moment between question and
 * answer, and at some moment of its second. Undefined without a sample. Of samples that contradict each other (a clock was set) the last
 * counts.
 */
export function offsetOf(samples: readonly Sample[]): Offset | undefined {
  let both: Offset | undefined
  for (const { sent, received, date } of samples) {
    const one = { least: date - received, most: date + dateStep - sent }
    const narrowed: Offset = both === undefined ? one : { least: Math.max(both.least, one.least), most: Math.min(both.most, one.most) }
    both = narrowed.least <= narrowed.most ? narrowed : one
  }
  return both
}

/** Milliseconds by which the clocks differ at least, ahead or behind; 0: they may agree. */
export function leastDifference({ least, most }: Offset): number {
  return Math.max(0, least, -most)
}

/** "1.2 s", "12 s", "3 min", "4 h", "5 days": as much as matters, and not more than it is. */
export function tellTime(milliseconds: number): string {
  const seconds = milliseconds / 1000
  if (seconds < 10) return `${Math.floor(seconds * 10) / 10} s`
  if (seconds < 120) return `${Math.floor(seconds)} s`
  if (seconds < 7200) return `${Math.floor(seconds / 60)} min`
  return seconds < 172_800 ? `${Math.floor(seconds / 3600)} h` : `${Math.floor(seconds / 86_400)} days`
}
