import t from 'tap'
import { canonicalStatus, readConditions } from '../../../src/placement/status/read-status.ts'
import { standing, statusOf } from './facts.ts'

const status = statusOf({ standings: [standing([8, 2])] })

void t.test('two statuses are the same text exactly when they say the same', async t => {
  const { conditions, groups = [], ...rest } = status
  const shuffled = { groups: groups.toReversed(), conditions: conditions.toReversed().map(one => ({ other: 1, ...Object.fromEntries(Object.entries(one).toReversed()) })), ...rest, extra: {} }
  t.equal(canonicalStatus(JSON.parse(JSON.stringify(shuffled))), canonicalStatus(status))
  for (const field of Object.keys(status)) t.not(canonicalStatus({ ...status, [field]: undefined }), canonicalStatus(status), field)
  t.not(canonicalStatus(statusOf({ standings: [standing([8, 2], [8, 2], { ready: [7, 2] })] })), canonicalStatus(status))
  t.strictSame(readConditions(JSON.parse(canonicalStatus(status))), conditions.toSorted((a, b) => (a.type < b.type ? -1 : 1)))
})

void t.test('conditions are read from whatever stands there', async t => {
  const [whole] = status.conditions
  for (const wrong of [undefined, null, 'x', [], {}, { conditions: null }, { conditions: {} }, { conditions: [null, 'x', {}, { ...whole, status: true }, { ...whole, lastTransitionTime: 'x' }] }]) {
    t.strictSame(readConditions(wrong), [], JSON.stringify(wrong))
    t.match(canonicalStatus(wrong), /^\{.*\}$/u)
  }
  t.strictSame(readConditions({ conditions: [{ ...whole, reason: 'OfAnotherVersion' }] }).map(({ reason }) => reason), ['OfAnotherVersion'])
})
