import t from 'tap'
import { createBlindRevisions, mostAtAll, mostPods, revisionWeight } from '../../../src/placement/seats/blind-revisions.ts'

const take = (all: ReturnType<typeof createBlindRevisions>, owner: string, pods: number, prefix = '') => {
  for (let seat = 0; seat < pods; seat += 1) {
    all.of('shop', owner).reserve({ admission: `${prefix}${seat}`, distributor: 'web', group: 'a', seat, given: 0 })
  }
}

void t.test('a revision begins anew once it has so many pods, and not before', async t => {
  const all = createBlindRevisions()
  const first = all.of('shop', 'rs')
  take(all, 'rs', mostPods)
  t.equal(first.size().reservations, mostPods)
  const again = all.of('shop', 'rs')
  t.not(again, first)
  t.equal(again.size().reservations, 0)
  t.equal(all.of('shop', 'rs'), again)
  t.not(all.of('other', 'rs'), again, 'an owner of the same uid in another namespace is another')
})

void t.test('of too many, the revision unused for longest is forgotten', async t => {
  const all = createBlindRevisions()
  const [a, b] = [all.of('shop', 'a'), all.of('shop', 'b')]
  t.equal(all.of('shop', 'a'), a)
  // All but one of those that there is room for.
  for (let index = 3; index <= mostAtAll / revisionWeight; index += 1) all.of('shop', String(index))
  t.ok([...all.all()].includes(b))
  all.of('shop', 'last')
  t.notOk([...all.all()].includes(b))
  t.equal(all.of('shop', 'a'), a)
  t.equal([...all.all()].length, mostAtAll / revisionWeight)
})

void t.test('all together hold no more than so many pods', async t => {
  const all = createBlindRevisions()
  for (let index = 0; index < 12; index += 1) take(all, `rs-${index}`, mostPods - 1, `${index}-`)
  const held = [...all.all()].reduce((sum, one) => sum + one.size().reservations, 0)
  t.ok(held <= mostAtAll, `${held}`)
  t.ok(held > mostAtAll - 2 * mostPods, `${held}`)
})
