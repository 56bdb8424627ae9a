import type { LeaseRecord } from '../../cluster/lease.ts'
import { textField } from '../../cluster/json-field.ts'
import { isUnknown, unknown, type Asked } from './asked.ts'
import { dateStep, tellTime, type Offset } from './clock-offset.ts'
import { fail, ok, skip, type Line } from './line.ts'
import type { Called } from '../called.ts'

/** A Lease as it was found, and when: by the API server's clock, cut off to whole seconds. Milliseconds since 1970. */
export interface LeaseLook {
  readonly lease: LeaseRecord
  readonly date: number
}

/** One look, or two of them where the first left a doubt. */
export type Looks = readonly [LeaseLook, LeaseLook?]

/** When the holder last renewed it, by the holder's clock; NaN where it does not say. */
function renewedAt({ object }: LeaseRecord): number {
  return Date.parse(textField(object['spec'], 'renewTime') ?? '')
}

/** Whether one look cannot tell a leader that is gone, or between two, from one whose clock is wrong: then another is taken. */
export function isDoubtful({ lease, date }: LeaseLook): boolean {
  const age = date - renewedAt(lease)
  return !lease.holder || Number.isNaN(age) || age > lease.duration || age < -dateStep
}

function isRenewed([first, second]: Looks): boolean {
  return second !== undefined && second.lease.mark !== first.lease.mark
}

/**
 * How much the leader's clock is ahead of the API server's, by a renewal that was made between two looks; by one look, only that it is
 * ahead. Undefined where nothing is known.
 */
export function leaderOffset([first, second]: Looks): Offset | undefined {
  if (second !== undefined && isRenewed([first, second])) {
    const renewed = renewedAt(second.lease)
    return { least: renewed - second.date - dateStep, most: renewed - first.date }
  }
  const ahead = renewedAt(first.lease) - first.date - dateStep
  return ahead > 0 ? { least: ahead, most: Number.POSITIVE_INFINITY } : undefined
}

/** Whether somebody leads, and is alive. `name`: of the Lease, with its namespace. */
export function judgeLeader(looks: Asked<Looks>, called: Called | undefined, name: string): Line {
  if (isUnknown(looks)) return unknown('leader', `the Lease ${name}`, looks)
  const absent = `there is no Lease ${name}`
  if (looks.kind === 'absent') {
    return called?.kind === 'url'
      ? skip('leader', `${absent}: a Versprei outside the cluster leads alone without --lease-namespace; -n names another namespace`)
      : fail('leader', `${absent}: no replica has led yet`,
        'see the lines replicas and account, and a replica\'s log; -n names another namespace')
  }
  const [first, second] = looks.value
  const { lease, date } = second ?? first
  const log = 'a replica that is ready takes it within 20 s: if it stays so, see the lines replicas and account, and their logs'
  if (!lease.holder) return fail('leader', 'nobody leads: the last holder gave the Lease up', log)
  const age = date - renewedAt(lease)
  if (isRenewed(looks.value)) return ok('leader', `${lease.holder}, which renewed the Lease just now`)
  if (Number.isNaN(age)) return fail('leader', `${lease.holder} holds the Lease, which does not say since when`, log)
  if (age > lease.duration) {
    return fail('leader', `${lease.holder} has not renewed the Lease for ${tellTime(age)}, where ${tellTime(lease.duration)} are allowed`,
      log)
  }
  // Renewed in the time to come, and not again: by a clock that is ahead, one cannot tell whether it is alive.
  if (second !== undefined && age < -dateStep) {
    return fail('leader', `${lease.holder} has not renewed the Lease for a while, and says it did ${tellTime(-age)} from now`, log)
  }
  return ok('leader', `${lease.holder}, which renewed the Lease ${tellTime(Math.max(0, age))} ago`)
}
