import t from 'tap'
import { createAdoption } from '../../src/controllers/adoption.ts'
import { createFindings } from '../../src/controllers/findings.ts'
import { know } from '../placement/known.ts'
import { createPodsAtHand, podAtHand, type PodAtHand } from './pods-at-hand.ts'

const shop = { namespace: 'shop', name: 'web' }
const admissionKey = 'versprei.io/admission'

/** Placed by a distributor that is gone; without an admission of its own its template says that. */
const labelled = (index: number, admission = `review-${index}`): PodAtHand => {
  const pod = podAtHand(index, 'd1', { 'versprei.io/distributor': 'old', 'versprei.io/group': 'a' }, {
    'versprei.io/seat': '0', ...admission === '' ? {} : { [admissionKey]: admission },
  })
  return { ...pod, metadata: { ...pod.metadata, generateName: 'web-5d4f-' } }
}

const start = (pods: readonly PodAtHand[]) => {
  const knowledge = know()
  knowledge.nodes.replace([{ name: 'd1', labels: { type: 'default' } }])
  const time = { now: 1_000_000 }
  const findings = createFindings(() => time.now)
  const hand = createPodsAtHand(knowledge)
  hand.pods.push(...pods)
  /** As another replica that begins to lead. */
  const lead = () => createAdoption({
    knowledge, findings, emit: () => undefined, clock: { now: () => time.now }, lists: hand.lists, patches: hand.patches,
  })
  const state = { adoption: lead() }
  const look = async (passed = 5000) => {
    time.now += passed
    return state.adoption.look('shop', [...knowledge.distributors.all()], true)
  }
  const complaints = () => findings.complaintsOf(shop).map(({ complaint }) => complaint)
  const strays = () => findings.straysOf(shop).pods
  return { hand, look, complaints, strays, elect: () => { state.adoption = lead() } }
}

/** What a controller does that selects by a label of ours: lets go of the pod, and makes another from its template. */
const letGo = (hand: ReturnType<typeof start>['hand'], next: PodAtHand) => {
  for (const [index, pod] of hand.pods.entries()) {
    if (pod.metadata.labels['versprei.io/distributor'] === 'old' || pod.metadata['ownerReferences'] === undefined) continue
    hand.pods[index] = { ...pod, metadata: { ...pod.metadata, ownerReferences: undefined } }
    hand.pods.push(next)
    return
  }
}

void t.test('of pods that Versprei placed one is labelled anew first, and the others when its owner has kept it', async t => {
  const { hand, look, strays } = start([labelled(1), labelled(2), labelled(3)])
  t.same(await look(), { isUnsettled: true, isCutOff: false, hasStrays: true, hasLabelled: true })
  t.strictSame([hand.patched, strays()], [['web-1'], 2])
  await look(1000)
  t.strictSame(hand.patched, ['web-1'], 'too soon to tell')
  t.same(await look(), { isUnsettled: false, isCutOff: false, hasStrays: false, hasLabelled: true })
  t.strictSame([hand.patched, strays()], [['web-1', 'web-2', 'web-3'], 0])
})

void t.test('a template that was copied from a running pod, annotations and all, is left alone', async t => {
  for (const admission of ['review-1', 'adopted-uid-9-7', '']) {
    const { hand, look, complaints } = start([labelled(1, admission), labelled(2, admission)])
    await look()
    await look()
    t.strictSame([hand.patched, complaints()], [[], ['TemplateSetsLabel']], admission)
  }
})

void t.test('an owner whose selector names the labels loses one pod, whoever leads, and no more', async t => {
  const { hand, look, complaints, elect } = start([labelled(1, 'copied')])
  for (let turn = 2; turn < 12; turn += 1) {
    await look()
    letGo(hand, labelled(turn, 'copied'))
    if (turn % 3 === 0) elect()
  }
  t.strictSame([hand.patched, hand.pods.length, complaints()], [['web-1'], 2, ['TemplateSetsLabel']])
})

void t.test('the same when that pod is deleted, as long as the same replica leads', async t => {
  const { hand, look, strays } = start([labelled(1, 'copied')])
  for (let turn = 2; turn < 12; turn += 1) {
    await look()
    if (hand.pods[0]?.metadata.labels['versprei.io/distributor'] !== 'old') hand.pods.splice(0, 1, labelled(turn, 'copied'))
  }
  t.strictSame([hand.patched, strays()], [['web-1'], 1])
  t.notOk((await look()).isUnsettled)
})

void t.test('a pod that could not be patched was not tried', async t => {
  const { hand, look } = start([labelled(1), labelled(2)])
  hand.outcomes.push('failed')
  await look()
  await look()
  t.strictSame(hand.patched, ['web-2'], 'the other one first')
})
