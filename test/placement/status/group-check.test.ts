import t from 'tap'
import type { Node } from '../../../src/placement/nodes/nodes.ts'
import { createGroupCheck } from '../../../src/placement/status/group-check.ts'
import { listed } from './facts.ts'

const node = (name: string, labels: Readonly<Record<string, string>>): Node => ({ name, labels })
const group = (name: string, nodeLabel: object, fields: object = {}) => ({ name, nodeLabel, weight: 1, ...fields })
const groupsOf = (...distribution: readonly object[]) => {
  const { outcome } = listed({ distribution })
  if (!('plan' in outcome)) throw new Error(JSON.stringify(outcome.mistakes))
  return outcome.plan.distributor.groups
}
const createNodes = (...given: readonly Node[]) => {
  let [nodes, version] = [given, 0]
  return { all: () => nodes, version: () => version, set: (...others: readonly Node[]) => { [nodes, version] = [others, version + 1] } }
}
const regular = group('regular', { type: 'default' })
const spot = group('spot', { type: 'spot' })
const zoneA = group('a', { zone: 'a' })

void t.test('groups that share a node, and groups that have none, are told', async t => {
  const nodes = [node('n1', { type: 'default', zone: 'b' }), node('n2', { type: 'spot', zone: 'a' }), node('n3', { type: 'spot', zone: 'a', x: '1' })]
  const overlap = (text: string) => `OverlappingGroups: ${text}: a pod of the one may run in the other`
  const lonely = (text: string) => `GroupWithoutNodes: ${text}: pods placed there wait for one`
  const cases = [
    { name: 'all well', groups: [regular, spot], want: [] },
    { name: 'no node known', groups: [regular, group('nowhere', { type: 'x' })], nodes: [], want: [] },
    { name: 'an overlap', groups: [spot, zoneA], want: [overlap('node n2 is in both spot and a, and 1 more node is in two groups')] },
    { name: 'by one node', groups: [spot, group('x', { x: '1' })], want: [overlap('node n3 is in both spot and x')] },
    { name: 'without a node', groups: [regular, group('nowhere', { type: 'x' })], want: [lonely('group nowhere has no node')] },
    {
      name: 'two without', groups: [group('y', { type: 'y' }), regular, group('z', { type: 'z' }, { weight: 0, base: 1 })],
      want: [lonely('groups y, z have no node')],
    },
    { name: 'without a node and without a claim', groups: [regular, group('nowhere', { type: 'x' }, { weight: 0 })], want: [] },
    {
      name: 'both', groups: [spot, zoneA, group('nowhere', { type: 'x' })],
      want: [overlap('node n2 is in both spot and a, and 1 more node is in two groups'), lonely('group nowhere has no node')],
    },
    { name: 'a label that is not there', groups: [regular, { name: 'rest', weight: 1, matchExpressions: [{ key: 'type', operator: 'DoesNotExist' }] }], nodes: [...nodes, node('n4', {})], want: [] },
    { name: 'keys of an object are labels', groups: [group('x', { constructor: 'x' }), regular], want: [lonely('group x has no node')] },
  ]
  for (const { name, groups, nodes: given = nodes, want } of cases) {
    t.strictSame(createGroupCheck(createNodes(...given))(groupsOf(...groups)).map(({ complaint, detail }) => `${complaint}: ${detail}`), want, name)
  }
})

void t.test('follows the nodes', async t => {
  const nodes = createNodes(node('n1', { type: 'default' }))
  const check = createGroupCheck(nodes)
  const groups = groupsOf(regular, spot)
  t.equal(check(groups).length, 1)
  nodes.set(node('n1', { type: 'default' }), node('n2', { type: 'spot' }))
  t.equal(check(groups).length, 0)
})

void t.test('5,000 nodes are looked through once for 10,000 distributors that go by the same labels', async t => {
  let looked = 0
  const nodes = Array.from({ length: 5000 }, (_, index) => node(`n${index}`, { type: index % 5 === 0 ? 'spot' : 'default', 'kubernetes.io/hostname': `n${index}` }))
  const check = createGroupCheck({ all: () => { looked += 1; return nodes }, version: () => 1 })
  const groups = groupsOf(regular, spot)
  for (let index = 0; index < 10_000; index += 1) if (check(groups).length > 0) throw new Error('nothing is wrong')
  t.equal(looked, 1)
})
