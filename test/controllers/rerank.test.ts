import t, { type Test } from 'tap'
import { createRerank } from '../../src/controllers/rerank.ts'
import type { PatchOutcome } from '../../src/controllers/pod-patches.ts'
import { listDistributor } from '../../src/placement/distributor/listed.ts'
import { readPlacedPod } from '../../src/placement/seats/placed-pod.ts'
import { know, ownedBy, written } from '../placement/known.ts'
import { createPodsAtHand, podAtHand, type PodAtHand } from './pods-at-hand.ts'
import { createStillClock } from './still-clock.ts'

const costKey = 'controller.kubernetes.io/pod-deletion-cost'

/** Placed by the distributor `web`, on this seat. */
const placed = (index: number, group: string, seat: number, cost: string | undefined = String(1_000_000_000 - seat)): PodAtHand =>
  podAtHand(index, undefined, { 'versprei.io/distributor': 'web', 'versprei.io/group': group }, {
    'versprei.io/seat': String(seat), ...cost === undefined ? {} : { [costKey]: cost },
  })

/** By default seats 0, 1, 3, 4, 5, 6, 8 are of type-default, 2 and 7 of type-spot. */
const start = (t: Test, pods: readonly PodAtHand[], distributor = written()) => {
  const knowledge = know(distributor)
  const { clock, advance, pending } = createStillClock()
  const hand = createPodsAtHand(knowledge)
  const show = (pod: PodAtHand) => {
    const seen = readPlacedPod(pod)
    if (seen !== undefined) knowledge.revisions.apply(seen)
  }
  hand.pods.push(...pods)
  pods.forEach(show)
  const said: unknown[] = []
  const log = { debug: () => undefined, info: (fields: object) => void said.push(fields), warn: () => undefined }
  const reranking = createRerank({ knowledge, clock, log, lists: hand.lists, patches: hand.patches })
  t.teardown(reranking.stop)
  reranking.start()
  const seats = () => hand.pods.map(({ metadata: { annotations } }) => Number(annotations['versprei.io/seat']))
  return { knowledge, hand, advance, pending, seats, said, show, reranking }
}

void t.test('a gap is closed once nothing has happened for five seconds, by what has to change alone', async t => {
  const { hand, advance, seats, said, reranking, pending } = start(t, [
    placed(1, 'type-default', 0), placed(2, 'type-default', 4), placed(3, 'type-spot', 2), placed(4, 'type-default', 6),
  ])
  await advance(4900)
  t.strictSame(hand.listed, [])
  await advance(1000)
  t.strictSame([seats(), hand.patched, hand.listed], [[0, 1, 2, 3], ['web-2', 'web-4'], ['web metadata']])
  t.same(hand.pods.map(({ metadata }) => metadata.annotations[costKey]), ['1000000000', '999999999', '999999998', '999999997'])
  t.same(said, [{ namespace: 'shop', distributor: 'web', owner: 'rs-1', pods: 2 }])
  await advance(60_000)
  t.equal(hand.listed.length, 1, 'and then it is left alone')
  await reranking.stop()
  t.equal(pending(), 0, 'no timer is left')
})

void t.test('while pods come and go, or a seat is reserved, a gap stays open: a replacement takes it by itself', async t => {
  const { hand, advance, show, knowledge } = start(t, [placed(1, 'type-default', 1)])
  for (let index = 2; index < 12; index += 1) {
    await advance(3000)
    show(placed(index, 'type-default', 4 + 2 * index))
  }
  t.strictSame(hand.listed, [])
  knowledge.revisions.of('shop', 'rs-1').reserve({ admission: 'a', distributor: 'web', group: 'type-default', seat: 0, given: 0 })
  await advance(30_000)
  t.strictSame(hand.listed, [])
  knowledge.revisions.of('shop', 'rs-1').release('a')
  await advance(7000)
  t.equal(hand.listed.length, 1)
})

void t.test('a new plan gives the pods that keep their groups the seats of the new sequence', async t => {
  const { knowledge, advance, seats } = start(t, [
    placed(1, 'type-default', 0), placed(2, 'type-default', 1), placed(3, 'type-spot', 2), placed(4, 'type-default', 3), placed(5, 'type-spot', 7),
  ])
  await advance(20_000)
  t.strictSame(seats(), [0, 1, 2, 3, 7], 'nothing was wrong')
  const distribution = [{ nodeLabel: { type: 'default' }, weight: 50 }, { nodeLabel: { type: 'spot' }, weight: 50 }]
  knowledge.distributors.apply(listDistributor(written({ distribution })))
  await advance(7000)
  t.strictSame(seats(), [0, 2, 3, 4, 1], 'those whose seat is their group\'s in both come first')
})

void t.test('a cost of the user\'s own stays; one that is missing is written', async t => {
  const { hand, advance } = start(t, [placed(1, 'type-default', 1, '7'), placed(2, 'type-default', 5, undefined)])
  hand.pods[1]!.metadata.annotations = { 'versprei.io/seat': '5' }
  await advance(7000)
  t.same(hand.pods.map(({ metadata }) => metadata.annotations), [
    { 'versprei.io/seat': '0', [costKey]: '7' }, { 'versprei.io/seat': '1', [costKey]: '999999999' },
  ])
})

void t.test('seats that a controller gave are left alone, and so are distributors that are only tried', async t => {
  const ordinal = placed(1, 'type-default', 5)
  const stateful: PodAtHand = {
    ...ordinal,
    metadata: {
      ...ordinal.metadata, labels: { ...ordinal.metadata.labels, 'apps.kubernetes.io/pod-index': '5' },
      ownerReferences: ownedBy('apps/v1', 'StatefulSet', 'db'),
    },
  }
  const given = start(t, [stateful])
  await given.advance(60_000)
  t.strictSame([given.hand.listed, given.hand.patched], [['web metadata'], []], 'looked at once, until something happens')

  const audit = start(t, [placed(1, 'type-default', 5)], written({ enforcement: 'Audit' }))
  await audit.advance(60_000)
  t.strictSame(audit.hand.listed, [])

  const off = start(t, [placed(1, 'type-default', 5)])
  off.hand.mayPatch = false
  await off.advance(60_000)
  t.strictSame(off.hand.listed, [])
})

void t.test('what failed is tried again ten seconds later, what a list says that the watch has overtaken is dropped', async t => {
  const failing = start(t, [placed(1, 'type-default', 5)])
  const failures: readonly PatchOutcome[] = ['failed']
  failing.hand.outcomes.push(...failures)
  await failing.advance(7000)
  t.strictSame([failing.hand.listed.length, failing.seats()], [1, [5]])
  await failing.advance(7900)
  t.equal(failing.hand.listed.length, 1)
  await failing.advance(3000)
  t.strictSame([failing.hand.listed.length, failing.seats()], [2, [0]])

  const racing = start(t, [placed(1, 'type-default', 5)])
  const list = racing.hand.lists.list
  Object.assign(racing.hand.lists, {
    list: async (...all: Parameters<typeof list>) => {
      racing.show(placed(2, 'type-default', 0))
      return list(...all)
    },
  })
  await racing.advance(7000)
  t.strictSame([racing.hand.listed.length, racing.hand.patched], [1, []])
})

void t.test('a pod whose patch is refused keeps its seat, and is no reason to look again', async t => {
  const { hand, advance, seats } = start(t, [placed(1, 'type-default', 4), placed(2, 'type-default', 5)])
  hand.outcomes.push('refused', 'refused')
  await advance(120_000)
  t.strictSame([hand.listed.length, hand.patched, seats()], [1, [], [4, 5]])

  const half = start(t, [placed(1, 'type-default', 4), placed(2, 'type-default', 5)])
  half.hand.outcomes.push('refused')
  await half.advance(120_000)
  t.strictSame([half.hand.listed.length, half.hand.patched, half.seats()], [3, ['web-2', 'web-2'], [4, 0]], 'the other one is the first then, and there is rest')
})

void t.test('what runs in kube-system, and beside Versprei, keeps its seats', async t => {
  for (const namespace of ['kube-system', 'versprei-system']) {
    const gap = placed(1, 'type-default', 5)
    const { hand, advance } = start(t, [{ ...gap, metadata: { ...gap.metadata, namespace } }], written({}, { namespace }))
    await advance(60_000)
    t.strictSame([hand.listed, hand.patched], [[], []], namespace)
  }
})
