import { clockSkew } from '../../certificates/life.ts'
import { leastDifference, tellTime, type Offset } from './clock-offset.ts'
import { fail, ok, warn, type Line } from './line.ts'

/** Milliseconds: more is no matter of a slow answer, and clocks that are kept differ by far less. */
const much = 2000

const keep = 'keep the clocks by NTP'

/**
 * Whether the clocks agree: the API server's with this machine's, and with the leader's. Each offset is how much the other is ahead of the
 * one that is named first.
 */
export function judgeClock(api: Offset | undefined, leader: Offset | undefined): Line {
  const leaderOff = leader === undefined ? 0 : leastDifference(leader)
  if (leader !== undefined && leaderOff > much) {
    const text = `the leader's clock is at least ${tellTime(leaderOff)} ${leader.least > 0 ? 'ahead of' : 'behind'} the API server's`
    // A certificate is made good from so long before it is made.
    return leaderOff >= clockSkew ? fail('clock', `${text}: its certificates may not be good there`, keep) : warn('clock', text, keep)
  }
  if (api === undefined) {
    return warn('clock', 'not known: the API server\'s answers have no date', 'compare them by hand; a proxy may leave the header Date out')
  }
  const off = leastDifference(api)
  if (off > much) {
    return warn('clock', `the API server's clock is at least ${tellTime(off)} ${api.least > 0 ? 'ahead of' : 'behind'} this machine's`,
      keep)
  }
  const within = Math.max(Math.abs(api.least), Math.abs(api.most))
  const known = leader === undefined || leader.most === Number.POSITIVE_INFINITY ? '' : ', and the leader\'s fits'
  return ok('clock', `the API server's and this machine's agree within ${tellTime(within)}${known}`)
}
