import type { CertificatePair } from '../certificates/pair.ts'
import { isGood } from '../certificates/life.ts'
import { certificatesIn, vouchersOf } from './ca-bundle.ts'
import type { Seen } from './registration.ts'

export interface TrustedPairOptions {
  /** What is served already. */
  readonly initial: CertificatePair
  /** Serves with it from now on. Throws, and keeps the old one, when it does not fit. */
  readonly serve: (pair: CertificatePair) => void
  /** A pair that cannot be served with; the old one is, then. */
  readonly onUnfit: (error: unknown) => void
  /** By the wall clock: certificates end by it. */
  readonly now: () => Date
  /** Milliseconds, monotonic. */
  readonly elapsed: () => number
  /** Whether there is an API server that would refuse what it does not trust. */
  readonly isJudged: boolean
  /** Called when the API server does not trust what is served: what it trusts may be at hand elsewhere. */
  readonly onDistrusted: () => void
}

/** Which of two pairs is served, the old or the new: never one that the API server does not trust, if there is one that it trusts. */
export interface TrustedPair {
  readonly served: () => CertificatePair
  /** There is another pair: it is served at once if whoever calls trusts it, else when they do. */
  readonly offer: (pair: CertificatePair) => void
  /** The authorities that have to be trusted, in PEM; undefined where that is left to others. */
  readonly authority: (isLeading: boolean) => string | undefined
  /** These, one PEM text each, are not to be trusted any more, unless what is served needs them. */
  readonly drop: (authorities: readonly string[]) => void
  readonly dropped: () => readonly string[]
  /** What the API server goes by, as it was read just now. */
  readonly see: (seen: Seen) => void
  /** It has been looked what the API server goes by, however that went. */
  readonly noteLook: () => void
  /** Whether that has been looked at yet: what did not trust what is served does by now. */
  readonly isSettled: () => boolean
  /** For how many milliseconds, on end, each look has found that the API server trusts this authority, in PEM; Infinity where it calls nobody. */
  readonly trustedFor: (authority: string) => number
  /** Whether the last look has found that the API server does not go by this authority, in PEM. */
  readonly isForgotten: (authority: string) => boolean
}

/** Milliseconds from when the configuration holds an authority until all API servers go by that; each follows it by a watch. */
const noticeTime = 5000

export function createTrustedPair(options: TrustedPairOptions): TrustedPair {
  const { now, elapsed, isJudged, onDistrusted } = options
  let served = options.initial
  let next: CertificatePair | undefined
  let seen: Seen | undefined
  let isLooked = false
  let dropped: readonly string[] = []
  /** From when on each authority of the caBundle was there at every look. */
  let since: ReadonlyMap<string, number> = new Map()

  const isTrusted = ({ cert }: CertificatePair, forAtLeast = 0): boolean => {
    if (seen?.trusted === undefined) return seen !== undefined
    const known = seen.trusted.filter(authority => elapsed() - (since.get(authority) ?? Infinity) >= forAtLeast)
    return vouchersOf(known, cert).length > 0
  }
  const maySwitch = (pair: CertificatePair): boolean =>
    !isJudged || seen?.isCalled === false || !isGood(served, now()) || isTrusted(pair, noticeTime) || (isTrusted(pair) && !isTrusted(served))
  const settle = (): void => {
    if (next === undefined || !maySwitch(next)) return
    const pair = next
    next = undefined
    try {
      options.serve(pair)
      served = pair
    } catch (error) {
      options.onUnfit(error)
    }
  }
  const needed = ({ ca, cert }: CertificatePair): readonly string[] => vouchersOf(certificatesIn(ca ?? ''), cert)
  return {
    served: () => served,
    offer(pair) {
      const isSame = pair.cert === served.cert && pair.key === served.key
      if (isSame) served = pair
      next = isSame ? undefined : pair
      settle()
    },
    authority(isLeading) {
      const pairs = next === undefined ? [served] : [served, next]
      if (pairs.every(({ ca }) => ca === undefined)) return undefined
      const others = isLeading ? pairs.flatMap(({ ca }) => certificatesIn(ca ?? '')).filter(one => !dropped.includes(one)) : []
      return [...new Set([...pairs.flatMap(needed), ...others])].map(certificate => `${certificate}\n`).join('')
    },
    drop(authorities) {
      dropped = authorities.flatMap(certificatesIn)
    },
    dropped: () => dropped.filter(one => ![served, ...(next === undefined ? [] : [next])].flatMap(needed).includes(one)),
    see(news) {
      seen = news
      since = new Map((news.trusted ?? []).map(authority => [authority, since.get(authority) ?? elapsed()]))
      settle()
      if (news.isCalled && !isTrusted(served)) onDistrusted()
    },
    noteLook() {
      isLooked = true
    },
    isSettled: () => !isJudged || isLooked,
    trustedFor(authority) {
      if (seen === undefined) return 0
      if (!seen.isCalled) return Infinity
      const [certificate = ''] = certificatesIn(authority)
      return elapsed() - (since.get(certificate) ?? elapsed())
    },
    isForgotten: authority => seen !== undefined && !certificatesIn(authority).some(certificate => since.has(certificate)),
  }
}
