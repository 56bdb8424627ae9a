import t from 'tap'
import { createDistributors } from '../../../src/placement/distributor/distributors.ts'
import { listDistributor } from '../../../src/placement/distributor/listed.ts'
import { createSplits } from '../../../src/placement/distributor/splits.ts'
import { regular, spot, written, type Json } from '../known.ts'

const list = (name: string, distribution: readonly Json[], generation = 1) => listDistributor(written({ distribution }, { name, generation }))
const even = [{ ...regular, weight: 50 }, { ...spot, weight: 50 }]
const uneven = [regular, spot]

void t.test('distributors that say the same share one split, whatever they are called and however they change', async t => {
  const distributors = createDistributors()
  const sequenceOf = (name: string) => {
    const outcome = distributors.get('shop', name)?.outcome
    return outcome !== undefined && 'plan' in outcome ? outcome.plan.sequenceFor('owner') : undefined
  }
  distributors.replace([list('a', uneven), list('b', uneven), list('c', even)])
  t.ok(sequenceOf('a'))
  t.equal(sequenceOf('a'), sequenceOf('b'))
  t.not(sequenceOf('a'), sequenceOf('c'))
  distributors.apply(list('b', even, 2))
  t.equal(sequenceOf('b'), sequenceOf('c'))
  distributors.apply(list('a', uneven, 2))
  t.strictSame(sequenceOf('a')?.prefix(10), [8, 2])
  t.strictSame(sequenceOf('b')?.prefix(10), [5, 5])
})

void t.test('a split is forgotten once nobody uses it, and not before', async t => {
  const { outcome } = list('a', uneven)
  if ('mistakes' in outcome) throw new Error('the sample is invalid')
  const { groups } = outcome.plan.distributor
  const splits = createSplits()
  const split = splits.take(groups)
  t.equal(splits.take(structuredClone(groups)), split)
  splits.letGo(groups)
  t.equal(splits.take(groups), split)
  splits.letGo(groups)
  splits.letGo(groups)
  t.not(splits.take(groups), split)
})

void t.test('distributors that come, change and go leave no split behind', async t => {
  const distributors = createDistributors()
  distributors.apply(list('a', uneven))
  const first = distributors.get('shop', 'a')?.outcome
  distributors.apply(list('a', uneven, 2))
  t.equal(distributors.get('shop', 'a')?.outcome, first, 'a plan that says the same stays')
  distributors.remove('shop', 'a')
  distributors.apply(list('a', uneven, 3))
  const again = distributors.get('shop', 'a')?.outcome
  if (first === undefined || again === undefined || !('plan' in first) || !('plan' in again)) throw new Error('the sample is invalid')
  t.not(again.plan.sequenceFor('owner'), first.plan.sequenceFor('owner'))
})
