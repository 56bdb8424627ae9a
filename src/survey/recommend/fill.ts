import { lossesUntil } from '../survival.ts'
import type { PromisedLosses } from './recommendation.ts'

/** How pods stand for certain when a hard constraint has placed them, whichever of the permitted nodes the scheduler prefers. */
export interface Filled {
  /** Domains that have a pod. */
  readonly domains: number
  /** Pods in each of them; undefined where only the number of domains is certain. */
  readonly sizes: readonly number[] | undefined
}

/**
 * What a spread constraint with `DoNotSchedule` and maxSkew 1 makes of `pods` in empty domains of these capacities; undefined where it
 * leaves one waiting.
 *
 * A domain may have one more than the least of all (podtopologyspread `Filter`), and the least stops at the smallest capacity L: domain i
 * gets min(cᵢ, L + 1) at most. As long as the least is below L its domain takes another, so nobody waits before all are that full. Nobody
 * ever has two more than another: ⌊n/E⌋ or ⌈n/E⌉ in each of E domains. That holds for larger capacities as well: those of the moment
 * when the pods that are replaced have gone.
 */
export function fillDomains(capacities: readonly number[], pods: number): Filled | undefined {
  if (capacities.length === 0) return undefined
  const least = Math.min(...capacities)
  const most = capacities.reduce((all, capacity) => all + Math.min(capacity, least + 1), 0)
  return most < pods ? undefined : evenly(pods, capacities.length)
}

/** As evenly as can be: pods less than two apart. */
export function evenly(pods: number, domains: number): Filled {
  const used = Math.min(pods, domains)
  const sizes = Array.from({ length: used }, (_, index) => Math.floor(pods / domains) + (index < pods % domains ? 1 : 0))
  return { domains: used, sizes }
}

/** Several fillings of domains that have nothing in common. */
export function together(fillings: readonly Filled[]): Filled {
  const isCertain = fillings.every(({ sizes }) => sizes !== undefined)
  return {
    domains: fillings.reduce((all, { domains }) => all + domains, 0),
    sizes: isCertain ? fillings.flatMap(({ sizes = [] }) => sizes) : undefined,
  }
}

/** What can be lost of it. `need`: how many pods have to be left, and who says so. */
export function lossesOf({ domains, sizes }: Filled, need: { readonly least: number, readonly by: string } | undefined): PromisedLosses {
  return {
    domains, untilNone: domains - 1,
    ...(need !== undefined && sizes !== undefined && { untilTooFew: { ...need, losses: lossesUntil(sizes, need.least) } }),
  }
}
