/** The time in which a certificate is good. */
export interface Life {
  readonly notBefore: Date
  readonly notAfter: Date
}

const minute = 60_000
const day = 24 * 60 * minute

/** The authority lives a year: it is made again, from the same key, with 122 days left, which is more than a leaf lives. */
export const authorityLife = 365 * day
/** The leaf lives 90 days: renewed at 60, which leaves 30 to notice that renewing fails. */
export const leafLife = 90 * day
/** The clock of the API server may be behind ours; a certificate that begins now would not be good there yet. */
export const clockSkew = 5 * minute

/**
 * Whether a certificate should be made again: two thirds of its life are over (what cert-manager does, for the same reason:
 * a third is left to repair what stops it), or it has not begun, which a clock set back does.
 */
export function isDue({ notBefore, notAfter }: Life, now: Date): boolean {
  const [from, to, at] = [notBefore.getTime(), notAfter.getTime(), now.getTime()]
  return at < from || at - from >= ((to - from) * 2) / 3
}

/** Whether a client whose clock shows `now` would take the certificate. */
export const isGood = ({ notBefore, notAfter }: Life, now: Date): boolean => notBefore <= now && now <= notAfter
