import t from 'tap'
import { until } from './fake-clock.ts'
import { added, createRig, open, refuse } from './loopback.ts'

for (const [where, script] of Object.entries({
  'a list': { lists: [() => {}] },
  'a watch': { watches: [open(added('b', 11))] },
  'a pause': { lists: [refuse(500, 'InternalError')] }
})) {
  void t.test(`stops in the middle of ${where}, and leaves nothing behind`, async t => {
    const rig = await createRig(t, script)
    rig.clock.hold()
    rig.reflector.start()
    rig.reflector.start()
    await until(() => rig.clock.pauses.length > 0 || rig.told.length === 2 || (where === 'a list' && rig.asked.length === 1))
    const told = [...rig.told]
    await rig.reflector.stop()
    const asked = rig.asked.filter(line => line === 'list').length
    t.strictSame({ pending: rig.clock.pending(), told: rig.told, asked }, { pending: [], told, asked: 1 })
  })
}

void t.test('tells the consumer nothing more once it was stopped, whatever came already', async t => {
  const told: string[] = []
  const consumer = {
    replace: () => {},
    apply: ({ name }: { readonly name: string }) => {
      told.push(name)
      void rig.reflector.stop()
    },
    remove: () => {}
  }
  const rig = await createRig(t, { watches: [open(added('b', 11) + added('c', 12) + added('d', 13))] }, { consumer })
  rig.reflector.start()
  await until(() => told.length > 0)
  await rig.reflector.stop()
  t.strictSame(told, ['b'])
})
