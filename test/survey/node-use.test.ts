import t from 'tap'
import type { SurveyedNode, SurveyedPod } from '../../src/survey/cluster-state.ts'
import { useOfNodes } from '../../src/survey/node-use.ts'

const nodeOf = (name: string): SurveyedNode => ({ name, labels: { of: name }, taints: [], isReady: true, isUnschedulable: false, allocatable: { cpu: 4000 } })

const podOf = (name: string, more: Partial<SurveyedPod>): SurveyedPod => ({
  namespace: 'shop', name, uid: name, labels: {}, annotations: {}, owner: undefined, phase: 'Running', isReady: true, isLeaving: false,
  node: 'a', requests: { cpu: 500, memory: 100 }, unschedulable: undefined, ...more,
})

void t.test('a pod takes what it requests from the moment it has a node until it has ended', async t => {
  const pods = [
    podOf('runs', {}), podOf('starts', { phase: 'Pending' }), podOf('leaves', { isLeaving: true, requests: { 'cpu': 250, 'example.com/gpu': 1 } }),
    podOf('waits', { phase: 'Pending', node: undefined }), podOf('done', { phase: 'Succeeded' }), podOf('failed', { phase: 'Failed' }),
    podOf('elsewhere', { node: 'gone' }), podOf('proto', { node: '__proto__' }),
  ]
  const { taints, ...a } = nodeOf('a')
  const { taints: none, ...b } = nodeOf('b')
  t.same([taints, none], [[], []])
  t.same(useOfNodes({ nodes: [nodeOf('b'), nodeOf('a')], pods }), [
    { ...a, pods: 3, requested: { 'cpu': 1250, 'memory': 200, 'example.com/gpu': 1 } },
    { ...b, pods: 0, requested: {} },
  ])
})
