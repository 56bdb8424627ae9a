import type { CertificatePair } from '../certificates/pair.ts'
import { isGood } from '../certificates/life.ts'
import { certificatesIn, vouchersOf } from './ca-bundle.ts'
import { createTrust, type Trust } from './trust.ts'

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
export interface TrustedPair extends Pick<Trust, 'see' | 'trustedFor' | 'isForgotten'> {
  readonly served: () => CertificatePair
  /** There is another pair: it is served at once if whoever calls trusts it, else when they do. */
  readonly offer: (pair: CertificatePair) => void
  /** The authorities that have to be trusted, in PEM; undefined where that is left to others. */
  readonly authority: (isLeading: boolean) => string | undefined
  /** These, in PEM, are not to be trusted any more, unless what is served needs them. */
  readonly drop: (authorities: readonly string[]) => void
  readonly dropped: () => readonly string[]
  /** It has been looked what the API server goes by, however that went. */
  readonly noteLook: () => void
  /** Whether that has been looked at yet: what did not trust what is served does by now. */
  readonly isSettled: () => boolean
}

/** Milliseconds from when the configuration holds an authority until all API servers go by that; each follows it by a watch. */
const noticeTime = 5000

const vouchersIn = ({ ca, cert }: CertificatePair): readonly string[] => vouchersOf(certificatesIn(ca ?? ''), cert)

/** The authorities, in PEM, that these pairs need; where `isWhole`, all that they come with, but for those that are dropped. */
function authorityOf(pairs: readonly CertificatePair[], isWhole: boolean, dropped: readonly string[]): string | undefined {
  if (pairs.every(({ ca }) => ca === undefined)) return undefined
  const others = isWhole ? pairs.flatMap(({ ca }) => certificatesIn(ca ?? '')).filter(one => !dropped.includes(one)) : []
  return [...new Set([...pairs.flatMap(vouchersIn), ...others])].map(certificate => `${certificate}\n`).join('')
}

export function createTrustedPair({ initial, serve, onUnfit, now, elapsed, isJudged, onDistrusted }: TrustedPairOptions): TrustedPair {
  const trust = createTrust(elapsed)
  let served = initial
  let next: CertificatePair | undefined
  let isLooked = false
  let dropped: readonly string[] = []
  const pairs = (): readonly CertificatePair[] => (next === undefined ? [served] : [served, next])
  // A renewal is by the authority of the one before: whoever takes that takes it too, whatever is known of them.
  const isRenewal = (cert: string): boolean => vouchersOf(vouchersIn(served), cert).length > 0
  const maySwitch = ({ cert }: CertificatePair): boolean =>
    !isJudged || trust.isCalled() === false || !isGood(served, now()) || isRenewal(cert)
    || trust.takes(cert, noticeTime) || (trust.takes(cert) && !trust.takes(served.cert))
  const settle = (): void => {
    if (next === undefined || !maySwitch(next)) return
    const pair = next
    next = undefined
    try {
      serve(pair)
      served = pair
    } catch (error) {
      onUnfit(error)
    }
  }
  return {
    served: () => served,
    offer(pair) {
      const isSame = pair.cert === served.cert && pair.key === served.key
      if (isSame) served = pair
      next = isSame ? undefined : pair
      settle()
    },
    authority: isLeading => authorityOf(pairs(), isLeading, dropped),
    drop(authorities) {
      dropped = authorities.flatMap(certificatesIn)
    },
    dropped: () => dropped.filter(one => !pairs().flatMap(vouchersIn).includes(one)),
    see(seen) {
      trust.see(seen)
      settle()
      if (seen.isCalled && !trust.takes(served.cert)) onDistrusted()
    },
    noteLook() {
      isLooked = true
    },
    isSettled: () => !isJudged || isLooked,
    trustedFor: trust.trustedFor,
    isForgotten: trust.isForgotten,
  }
}
