import t from 'tap'
import { until } from '../reflector/fake-clock.ts'
import { conditionOf, createRig, patchOf } from './status-rig.ts'

void t.test('a stop ends a write that hangs', async t => {
  const rig = await createRig(t)
  rig.put('web')
  const gate = Promise.withResolvers<void>()
  rig.controller.start()
  await rig.idle()
  rig.state.gate = gate.promise
  rig.asked.length = 0
  rig.show('web', 'type-default', 1)
  rig.advance(1000)
  await until(() => rig.asked.length === 1)
  await rig.controller.stop()
  t.same(rig.logged, [])
  gate.resolve()
})

void t.test('an object that someone else changed is looked up, and written a second later', async t => {
  const rig = await createRig(t)
  rig.put('web')
  rig.controller.start()
  await rig.idle()
  rig.stored.get('web')!.version = 7777
  rig.show('web', 'type-default', 1)
  t.same(await rig.turn(), [patchOf('web')])
  t.equal(rig.stored.get('web')?.status?.pods, 0)
  t.same(await rig.turn(), [patchOf('web')])
  t.equal(rig.stored.get('web')?.status?.pods, 1)
  t.same(rig.logged, [], 'that is part of life')
})

void t.test('the status of an object that is gone is not put on the one that has its name', async t => {
  const rig = await createRig(t)
  rig.put('web')
  rig.controller.start()
  await rig.idle()
  // The API server has another one, and the watch has not said so yet.
  rig.stored.set('web', { uid: 'uid-2', version: 500, spec: {}, generation: 1 })
  rig.show('web', 'type-default', 1)
  await rig.turn()
  t.same(await rig.turn(), [], 'not the object that was listed')
  t.equal(rig.stored.get('web')?.status, undefined)
  rig.put('web', {}, { uid: 'uid-2' })
  t.same(await rig.turn(), [patchOf('web')])
  t.match(rig.stored.get('web')?.status, { pods: 1 })
  rig.stored.delete('web')
  rig.show('web', 'type-default', 1)
  t.same(await rig.turn(), [patchOf('web')])
  t.same(await rig.turn(60_000), [], 'gone: nothing is tried again')
  t.same(rig.logged, [])
})

void t.test('a failure is told once while it is the same, and tried again ever more slowly', async t => {
  const rig = await createRig(t)
  for (const name of ['a', 'b', 'c']) rig.put(name, { target: { apiVersion: 'apps/v1', kind: 'Deployment', name } })
  rig.state.fail = what => what.startsWith('PATCH') ? [403, 'Forbidden'] : undefined
  rig.controller.start()
  await rig.idle()
  const counts: number[] = []
  for (let second = 0; second < 16; second += 1) counts.push((await rig.turn()).length)
  t.same(counts, [3, 0, 3, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 3, 0])
  t.same(rig.logged, ['the status of a PodDistributor was not written; trying again'])
  rig.state.fail = () => undefined
  t.equal((await rig.turn(60_000)).length, 3)
  t.equal(conditionOf(rig, 'a', 'Ready'), 'True Placing')
  rig.state.fail = what => what.startsWith('PATCH') ? [500, 'InternalError'] : undefined
  rig.show('a', 'type-default', 1)
  await rig.turn()
  t.equal(rig.logged.length, 2, 'another failure, later, is told')
})

void t.test('who does not lead any more writes nothing and says nothing', async t => {
  const rig = await createRig(t)
  rig.put('web')
  rig.controller.start()
  await rig.idle()
  rig.leads.now = false
  rig.show('web', 'type-default', 1)
  t.same(await rig.turn(), [])
  t.same(rig.logged, [])
})

void t.test('a list that fails is told once, and tried until it succeeds', async t => {
  const rig = await createRig(t)
  rig.put('web')
  rig.state.fail = what => what === 'GET poddistributors' ? [500, 'InternalError'] : undefined
  rig.controller.start()
  await until(() => rig.waiting(800))
  rig.advance(800)
  await until(() => rig.waiting(1600))
  t.same(rig.logged, ['the statuses of PodDistributors could not be listed; trying again'])
  rig.state.fail = () => undefined
  rig.advance(1600)
  await rig.idle()
  t.equal(rig.asked.length, 1)
})

void t.test('without the right to write any, few are tried; with it all are written', async t => {
  const rig = await createRig(t)
  for (let index = 0; index < 40; index += 1) rig.put(`d${index}`, { target: { apiVersion: 'apps/v1', kind: 'Deployment', name: `d${index}` } })
  rig.state.fail = what => what.startsWith('PATCH') ? [403, 'Forbidden'] : undefined
  rig.controller.start()
  await rig.idle()
  let tried = rig.asked.length
  for (let second = 0; second < 120; second += 1) tried += (await rig.turn()).length
  t.ok(tried <= 4 * 8, `${tried} tries in two minutes`)
  rig.state.fail = () => undefined
  let written = 0
  for (let second = 0; second < 120; second += 1) written += (await rig.turn()).length
  t.equal(written, 40)
})

void t.test('until when the readiness of pods is known', async t => {
  const rig = await createRig(t)
  t.equal(rig.controller.lastContact(), undefined, 'it is not watched')
  rig.controller.start()
  t.equal(rig.controller.lastContact(), rig.clock.now(), 'since it began')
  await rig.idle()
  rig.advance(5000)
  t.equal(rig.controller.lastContact(), rig.clock.now() - 5000)
  await rig.controller.stop()
  t.equal(rig.controller.lastContact(), undefined)
})
