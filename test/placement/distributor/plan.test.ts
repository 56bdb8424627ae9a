import t from 'tap'
import { listDistributor } from '../../../src/placement/distributor/listed.ts'
import { createPlan, phaseOf } from '../../../src/placement/distributor/plan.ts'
import { written } from '../known.ts'

const { outcome } = listDistributor(written())
if ('mistakes' in outcome) throw new Error('the sample is invalid')
const { distributor } = outcome.plan

void t.test('revisions share one sequence, but for those that start elsewhere', async t => {
  const plan = createPlan(distributor)
  t.equal(plan.sequenceFor('a'), plan.sequenceFor('b'))
  const { group, kind } = distributor.target
  const unnamed = createPlan({ ...distributor, target: { group, kind } })
  const start = (uid: string) => Array.from({ length: 12 }, (_, seat) => unnamed.sequenceFor(uid).groupOf(seat)).join('')
  t.equal(start('a'), start('a'), 'the same owner starts where it started')
  t.equal(phaseOf('uid-25'), phaseOf('uid-32'))
  t.equal(unnamed.sequenceFor('uid-25'), unnamed.sequenceFor('uid-32'), 'those that start at the same place share a sequence')
  t.ok(new Set(Array.from({ length: 50 }, (_, i) => start(`uid-${i}`))).size >= 4, 'others elsewhere')
})

void t.test('phases of uids are spread evenly', async t => {
  const bins = Array.from({ length: 64 }, () => 0)
  for (let i = 0; i < 64_000; i += 1) {
    const phase = phaseOf(`${i.toString(16).padStart(8, '0')}-3c1d-4f6e-9a7b-0123456789ab`)
    if (!Number.isInteger(phase) || phase < 0 || phase >= 4096) throw new Error(`phase ${phase}`)
    bins[phase >>> 6]! += 1
  }
  t.ok(bins.every(count => count > 800 && count < 1200), `${Math.min(...bins)} to ${Math.max(...bins)} of 1,000`)
})
