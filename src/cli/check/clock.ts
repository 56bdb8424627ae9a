import { clockSkew } from '../../certificates/life.ts'
import { leastDifference, tellTime, type Offset } from './clock-offset.ts'
import { fail, ok, warn, type Line } from './line.ts'

/** Milliseconds: more is no matter of a slow answer, and clocks that are kept differ by far less. */
const much = 2000

const keep = 'keep the clocks by NTP'

/** "at least 3 s ahead of"; undefined where they may agree. */
function tellOff(offset: Offset | undefined): string | undefined {
  const off = offset === undefined ? 0 : leastDifference(offset)
  return offset === undefined || off <= much ? undefined : `at least ${tellTime(off)} ${offset.least > 0 ? 'ahead of' : 'behind'}`
}

/**
 * Whether the clocks agree. `api`: how much the API server's is ahead of this machine's; `leader`: how much the leader's is ahead of the
 * API server's.
 */
export function judgeClock(api: Offset | undefined, leader: Offset | undefined): Line {
  const [apiOff, leaderOff] = [tellOff(api), tellOff(leader)]
  const off = [
    ...(leaderOff === undefined ? [] : [`the leader's clock is ${leaderOff} the API server's`]),
    ...(apiOff === undefined ? [] : [`the API server's clock is ${apiOff} this machine's`]),
  ].join('; ')
  // A certificate is made good from so long before it is made.
  const isGrave = leader !== undefined && leastDifference(leader) >= clockSkew
  if (isGrave) return fail('clock', `${off}: certificates may not be good there`, keep)
  if (off !== '') return warn('clock', off, keep)
  if (api === undefined) {
    return warn('clock', 'not known: the API server\'s answers have no date', 'compare them by hand; a proxy may leave the header Date out')
  }
  const within = Math.max(Math.abs(api.least), Math.abs(api.most))
  return ok('clock', `the API server's and this machine's agree within ${tellTime(within)}`)
}
