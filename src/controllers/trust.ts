import { certificatesIn, vouchersOf } from './ca-bundle.ts'
import type { Seen } from './registration.ts'

/** What the API server goes by, as each look has found it. */
export interface Trust {
  readonly see: (seen: Seen) => void
  /** Whether it calls us; undefined before the first look. */
  readonly isCalled: () => boolean | undefined
  /** Whether it takes a certificate (PEM), and has, at every look, for so many milliseconds. */
  readonly takes: (certificate: string, forAtLeast?: number) => boolean
  /** For how many milliseconds, on end, each look has found that it trusts this authority, in PEM; Infinity where it calls nobody. */
  readonly trustedFor: (authority: string) => number
  /** Whether the last look has found that it does not go by this authority, in PEM. */
  readonly isForgotten: (authority: string) => boolean
}

/** @param elapsed milliseconds, monotonic */
export function createTrust(elapsed: () => number): Trust {
  let seen: Seen | undefined
  /** From when on each authority of the caBundle was there at every look. */
  let since: ReadonlyMap<string, number> = new Map()
  return {
    see(news) {
      seen = news
      since = new Map((news.trusted ?? []).map(authority => [authority, since.get(authority) ?? elapsed()]))
    },
    isCalled: () => seen?.isCalled,
    takes(certificate, forAtLeast = 0) {
      // Without a bundle it goes by the roots of its machine, of which nothing is known here.
      if (seen?.trusted === undefined) return seen !== undefined
      const known = seen.trusted.filter(authority => elapsed() - (since.get(authority) ?? Infinity) >= forAtLeast)
      return vouchersOf(known, certificate).length > 0
    },
    trustedFor(authority) {
      if (seen === undefined) return 0
      if (!seen.isCalled) return Infinity
      const [certificate = ''] = certificatesIn(authority)
      return elapsed() - (since.get(certificate) ?? elapsed())
    },
    isForgotten: authority => seen !== undefined && !certificatesIn(authority).some(certificate => since.has(certificate)),
  }
}
