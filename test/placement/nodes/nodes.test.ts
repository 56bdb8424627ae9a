import t from 'tap'
import type { Group } from '../../../src/placement/distributor/distributor.ts'
import { createNodes, readNode } from '../../../src/placement/nodes/nodes.ts'

const spot: Group = { name: 'spot', expressions: [{ key: 'type', operator: 'In', values: ['spot'] }], weight: 1, base: 0, tolerations: [] }

void t.test('every node of a group has a label, as long as that is so', async t => {
  const nodes = createNodes()
  const holds = () => nodes.everyOneHas(spot, 'zone')
  t.notOk(holds(), 'no node, no label')
  nodes.apply({ name: 'a', labels: { type: 'spot', zone: '1' } })
  t.ok(holds())
  nodes.apply({ name: 'b', labels: { type: 'default' } })
  t.ok(holds(), 'others do not matter')
  nodes.apply({ name: 'c', labels: { type: 'spot' } })
  t.notOk(holds(), 'one without')
  nodes.apply({ name: 'c', labels: { type: 'spot', zone: '' } })
  t.ok(holds(), 'which has it now')
  nodes.apply({ name: 'c', labels: { type: 'spot', rack: '' } })
  t.notOk(holds(), 'as many labels, but others')
  nodes.remove('c')
  t.ok(holds(), 'or is gone')
  nodes.replace([{ name: 'd', labels: { type: 'spot' } }])
  t.notOk(holds())
  t.equal(nodes.size(), 1)
  t.notOk(nodes.everyOneHas(spot, 'toString'), 'what every object has is no label')
})

void t.test('a node\'s labels are found by its name', async t => {
  const nodes = createNodes()
  nodes.apply({ name: 'a', labels: { type: 'spot' } })
  t.strictSame([nodes.labelsOf('a'), nodes.labelsOf('b')], [{ type: 'spot' }, undefined])
})

void t.test('a node is read from its metadata', async t => {
  const labels = JSON.parse('{"a": "b", "n": 1, "__proto__": "x"}') as unknown
  const node = readNode({ metadata: { name: 'a', labels } })
  t.strictSame(Object.entries(node?.labels ?? {}), [['a', 'b'], ['__proto__', 'x']])
  t.strictSame(readNode({ metadata: { name: 'a', labels: null } }), { name: 'a', labels: {} })
  for (const object of [
    null, [], {}, { metadata: [] }, { metadata: { name: 1 } },
  ]) t.equal(readNode(object), undefined, JSON.stringify(object))
})
