import { asMap } from '../../placement/is-map.ts'
import { mistakesOf, type Listed } from '../../placement/distributor/listed.ts'
import { readConditions } from '../../placement/status/read-status.ts'
import { count } from '../../survey/count.ts'
import { someOf } from '../some-of.ts'
import { isUnknown, unknown, type Asked } from './asked.ts'
import { ok, skip, warn, type Line } from './line.ts'

/** A PodDistributor as it was found, and its status. */
export interface Judged {
  readonly listed: Listed
  readonly status: unknown
}

/** So many are named. */
const most = 5

const kinds = ['invalid', 'Conflicted', 'Degraded', 'without a status'] as const

function troubleOf({ listed, status }: Judged): typeof kinds[number] | undefined {
  const conditions = readConditions(status)
  const has = (type: string, value: string, reason?: string): boolean =>
    conditions.some(one => one.type === type && one.status === value && (reason === undefined || one.reason === reason))
  if (mistakesOf(listed).length > 0 || has('Ready', 'False', 'InvalidSpec')) return 'invalid'
  if (has('Conflicted', 'True')) return 'Conflicted'
  if (has('Degraded', 'True')) return 'Degraded'
  return conditions.length === 0 ? 'without a status' : undefined
}

/** Whether something is the matter with PodDistributors: how many, and the first of them by name. */
export function judgeDistributors(all: Asked<readonly Judged[]>): Line {
  if (isUnknown(all)) return unknown('distributors', 'the PodDistributors', all)
  if (all.kind === 'absent') return skip('distributors', 'there are none without their CRD')
  const troubled = all.value.flatMap(one => {
    const trouble = troubleOf(one)
    return trouble === undefined ? [] : [{ trouble, name: `${one.listed.namespace}/${one.listed.name}` }]
  })
  const found = count(all.value.length, 'PodDistributor')
  if (all.value.length === 0) return ok('distributors', 'there are none yet')
  if (troubled.length === 0) return ok('distributors', `${found}, and nothing is the matter`)
  const sums = kinds.map(kind => [kind, troubled.filter(({ trouble }) => trouble === kind)] as const).filter(([, some]) => some.length > 0)
  const named = sums.flatMap(([kind, some]) => some.map(({ name }) => `${name} (${kind})`))
  const counts = sums.map(([kind, some]) => `${some.length} ${kind}`).join(', ')
  return warn('distributors', `of ${found} ${counts}: ${someOf(named, most)}`,
    'kubectl describe pd says why; without a status, no replica leads, or it may not write it: see leader and account')
}

/** A list's item, for `judgeDistributors`. */
export function readJudged(object: unknown, list: (object: unknown) => Listed): Judged {
  return { listed: list(object), status: asMap(object)['status'] }
}
