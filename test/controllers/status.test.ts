import t from 'tap'
import { regular, spot } from '../placement/known.ts'
import { until } from '../reflector/fake-clock.ts'
import { conditionOf, createRig, patchOf } from './status-rig.ts'

void t.test('writes the status by server-side apply, with the resourceVersion it knows, and only on change', async t => {
  const rig = await createRig(t)
  rig.put('web')
  rig.show('web', 'type-default', 4)
  rig.show('web', 'type-spot', 1)
  rig.controller.start()
  await rig.idle()
  const [first] = rig.asked
  t.equal(first?.what, `${patchOf('web')}?fieldManager=versprei-status&force=true`)
  t.equal(first?.type, 'application/apply-patch+yaml')
  t.match(first?.body, {
    apiVersion: 'versprei.versprei.io/v1beta1', kind: 'PodDistributor', metadata: { name: 'web', namespace: 'shop', uid: 'uid-web', resourceVersion: '101' },
    status: { observedGeneration: 1, pods: 5, split: '4/1', wanted: '4/1' },
  })
  t.equal(conditionOf(rig, 'web', 'Balanced'), 'True InShares')
  t.same(await rig.turn(), [], 'nothing has changed')
  rig.show('web', 'type-spot', 1)
  t.same(await rig.turn(), [patchOf('web')])
  t.match(rig.stored.get('web')?.status, { pods: 6, split: '4/2', wanted: '5/1' })
  t.equal(conditionOf(rig, 'web', 'Balanced'), 'False PodsStandWrong')
})

void t.test('at most one write a second and object, whatever happens', async t => {
  const rig = await createRig(t)
  rig.put('web')
  rig.controller.start()
  await rig.idle()
  let writes = 0
  for (let second = 0; second < 10; second += 1) {
    for (let pod = 0; pod < 20; pod += 1) rig.show('web', pod % 5 === 0 ? 'type-spot' : 'type-default', 1)
    for (let step = 0; step < 4; step += 1) writes += (await rig.turn(250)).filter(what => what === patchOf('web')).length
  }
  t.equal(writes, 10)
  t.equal(rig.stored.get('web')?.status?.pods, 200)
})

void t.test('a condition keeps its time while its status is the same', async t => {
  const rig = await createRig(t)
  rig.put('web')
  rig.controller.start()
  await rig.idle()
  const times = () => Object.fromEntries((rig.stored.get('web')?.status?.conditions ?? []).map(one => [one.type, one.lastTransitionTime.slice(14, 19)]))
  t.same(times(), { Ready: '00:00', Balanced: '00:00', Degraded: '00:00', Conflicted: '00:00' })
  rig.show('web', 'type-spot', 2)
  await rig.turn(5000)
  rig.show('web', 'type-spot', 2)
  await rig.turn(5000)
  t.same(times(), { Ready: '00:00', Balanced: '00:05', Degraded: '00:00', Conflicted: '00:00' })
})

void t.test('the next leader writes nothing that is there already, and goes on with its times', async t => {
  const rig = await createRig(t)
  rig.put('web')
  rig.put('db', { target: { apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'db' } })
  rig.show('web', 'type-spot', 2)
  rig.controller.start()
  await rig.idle()
  t.equal(rig.asked.length, 2)
  await rig.controller.stop()
  const next = rig.createController()
  t.teardown(() => next.stop())
  rig.asked.length = 0
  rig.advance(20_000)
  next.start()
  await rig.idle()
  t.same(rig.asked, [])
  rig.show('web', 'type-spot', 1)
  await rig.turn()
  t.equal(rig.asked.length, 1)
  t.equal(rig.stored.get('web')?.status?.conditions.find(({ type }) => type === 'Balanced')?.lastTransitionTime, '2026-01-01T12:00:00Z')
})

void t.test('it can be stopped and started again, and nothing is written in between', async t => {
  const rig = await createRig(t)
  rig.put('web')
  rig.controller.start()
  await rig.idle()
  await rig.controller.stop()
  rig.asked.length = 0
  rig.show('web', 'type-default', 3)
  rig.advance(60_000)
  t.notOk(rig.waiting(1000))
  t.same(rig.asked, [])
  rig.controller.start()
  rig.controller.start()
  await rig.idle()
  t.equal(rig.asked.length, 1)
})

void t.test('a changed spec is judged anew', async t => {
  const rig = await createRig(t)
  rig.put('web')
  rig.show('web', 'type-default', 8)
  rig.show('web', 'type-spot', 2)
  rig.controller.start()
  await rig.idle()
  rig.put('web', { distribution: [{ ...regular, weight: 50 }, { ...spot, weight: 50 }] }, { generation: 2 })
  t.same(await rig.turn(), [patchOf('web')])
  t.match(rig.stored.get('web')?.status, { observedGeneration: 2, wanted: '5/5', deviation: '3' })
  t.ok(rig.stored.get('web')?.status?.conditions.every(one => one.observedGeneration === 2))
  rig.put('web', { distribution: [] }, { generation: 3 })
  t.same(await rig.turn(), [patchOf('web')])
  t.equal(conditionOf(rig, 'web', 'Ready'), 'False InvalidSpec')
  t.match(await rig.heard(1), [/^Warning InvalidSpec: .*spec\.distribution/u])
  t.equal(rig.stored.get('web')?.status?.pods, undefined, 'figures of another spec do not stay')
})

void t.test('of two distributors with one target, one is conflicted, until the other goes', async t => {
  const rig = await createRig(t)
  rig.put('a', {}, { created: 2 })
  rig.controller.start()
  await rig.idle()
  rig.put('b', {}, { created: 1 })
  t.same((await rig.turn()).toSorted(), [patchOf('a'), patchOf('b')])
  t.match(await rig.heard(1), [/^Warning AnotherDecides: b decides for Deployment\/web: it is older/u])
  t.same(['a', 'b'].map(name => conditionOf(rig, name, 'Conflicted')), ['True AnotherDecides', 'False NoConflict'])
  rig.remove('b')
  await rig.turn()
  t.equal(conditionOf(rig, 'a', 'Conflicted'), 'False NoConflict')
})

void t.test('findings and nodes: told, and told when they are mended', async t => {
  const rig = await createRig(t)
  rig.put('web')
  rig.controller.start()
  await rig.idle()
  rig.findings.note({ namespace: 'shop', name: 'web' }, 'OwnDeletionCost', 'pods have one')
  rig.findings.setStrays({ namespace: 'shop', name: 'web' }, { pods: 2, standing: new Map() })
  await rig.turn()
  t.equal(conditionOf(rig, 'web', 'Degraded'), 'True OwnDeletionCost')
  t.equal(conditionOf(rig, 'web', 'Balanced'), 'False Strays')
  rig.nodes.all = [{ name: 'n', labels: { type: 'default' } }]
  rig.nodes.version = 1
  await rig.turn()
  t.equal(conditionOf(rig, 'web', 'Degraded'), 'True GroupWithoutNodes')
  rig.nodes.all = [...rig.nodes.all, { name: 'm', labels: { type: 'spot' } }]
  rig.nodes.version = 2
  t.same(await rig.turn(), [], 'groups are looked at every ten seconds')
  await rig.turn(10_000)
  t.equal(conditionOf(rig, 'web', 'Degraded'), 'True OwnDeletionCost')
  await rig.turn(600_000)
  t.equal(conditionOf(rig, 'web', 'Degraded'), 'False AsExpected')
})

void t.test('fifty a second, four at a time, in turn', async t => {
  const rig = await createRig(t)
  for (let index = 0; index < 120; index += 1) rig.put(`d${index}`, { target: { apiVersion: 'apps/v1', kind: 'Deployment', name: `d${index}` } })
  rig.controller.start()
  await rig.idle()
  t.equal(rig.asked.length, 50)
  t.equal((await rig.turn()).length, 50)
  t.equal((await rig.turn()).length, 20)
  for (let index = 0; index < 120; index += 1) rig.show(`d${index}`, 'type-default', 1)
  const gate = Promise.withResolvers<void>()
  rig.state.gate = gate.promise
  rig.asked.length = 0
  rig.advance(1000)
  await until(() => rig.asked.length >= 4)
  for (let step = 0; step < 50; step += 1) await new Promise(resolve => { setImmediate(resolve) })
  t.equal(rig.asked.length, 4)
  gate.resolve()
  await rig.idle()
  t.equal(rig.asked.length, 50)
})

void t.test('Ready pods are counted from the start', async t => {
  const rig = await createRig(t)
  rig.put('web')
  rig.show('web', 'type-default', 2)
  rig.state.pods = ['True', 'False'].map((status, index) => ({
    metadata: {
      uid: `pod-${index + 1}`, namespace: 'shop', labels: { 'versprei.io/distributor': 'web', 'versprei.io/group': 'type-default' },
      annotations: { 'versprei.io/seat': '0' }, ownerReferences: [{ uid: 'rs', controller: true }],
    },
    status: { conditions: [{ type: 'Ready', status }] },
  }))
  rig.controller.start()
  await rig.idle()
  t.equal(rig.stored.get('web')?.status?.groups?.[0]?.ready, 1)
  t.same(await rig.turn(), [])
})

void t.test('pods that stand wrong for half a minute are an event, and so is their end', async t => {
  const rig = await createRig(t)
  rig.put('web')
  rig.controller.start()
  await rig.idle()
  rig.show('web', 'type-spot', 1)
  for (let second = 0; second < 30; second += 1) {
    await rig.turn()
    t.same(await rig.heard(0), [])
  }
  await rig.turn()
  t.same(await rig.heard(1), ['Warning PodsStandWrong: 1 pod stands wrong: type-spot has 1, wanted 0'])
  rig.knowledge.revisions.remove('pod-1')
  await rig.turn()
  t.same(await rig.heard(1), ['Normal Balanced: there are no pods'])
})
