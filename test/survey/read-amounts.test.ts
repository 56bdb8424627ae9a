import t from 'tap'
import { readAmounts, readRequests } from '../../src/survey/read-amounts.ts'

const wants = (cpu: string, memory?: string, more: object = {}) => ({ resources: { requests: { cpu, ...(memory && { memory }) } }, ...more })
const always = { restartPolicy: 'Always' }

void t.test('what the scheduler counts for a pod', t => {
  const cases = [
    { name: 'nothing is asked for', input: { containers: [{}, { resources: {} }, { resources: null }] }, want: {} },
    { name: 'containers add up', input: { containers: [wants('100m', '1Gi'), wants('0.2', '1Mi')] }, want: { cpu: 300, memory: 1_074_790_400 } },
    { name: 'limits are none of it', input: { containers: [{ resources: { limits: { cpu: '9' }, requests: { cpu: '1' } } }] }, want: { cpu: 1000 } },
    { name: 'others count in pieces', input: { containers: [{ resources: { requests: { 'nvidia.com/gpu': '2' } } }] }, want: { 'nvidia.com/gpu': 2 } },
    {
      name: 'the largest init container counts where it is more, resource by resource',
      input: { containers: [wants('1', '1Gi')], initContainers: [wants('3', '1Mi'), wants('2', '2Gi')] }, want: { cpu: 3000, memory: 2_147_483_648 },
    },
    {
      name: 'a sidecar runs beside the containers, and beside the init containers that come after it',
      input: { containers: [wants('1')], initContainers: [wants('1200m'), wants('500m', undefined, always), wants('1500m')] }, want: { cpu: 2000 },
    },
    {
      name: 'and not beside those that came before',
      input: { containers: [wants('1')], initContainers: [wants('2'), wants('500m', undefined, always)] }, want: { cpu: 2000 },
    },
    {
      name: 'sidecars add up while the next one starts',
      input: { containers: [wants('100m')], initContainers: [wants('1', undefined, always), wants('2', undefined, always)] }, want: { cpu: 3100 },
    },
    {
      name: 'the pod\'s own requests come in place of its containers\', and overhead on top',
      input: { containers: [wants('1', '1')], resources: { requests: { cpu: '5', 'example.com/x': '1' } }, overhead: { cpu: '250m', memory: '7' } },
      want: { cpu: 5250, memory: 8 },
    },
    { name: 'fractions are added before they are rounded', input: { containers: [wants('1', '500m'), wants('1', '500m')] }, want: { cpu: 2000, memory: 1 } },
    { name: 'what is no spec asks for nothing', input: null, want: {} },
    { name: 'what is no amount is left out', input: { containers: [wants('lots', '1')] }, want: { memory: 1 } },
  ]
  for (const { name, input, want } of cases) t.strictSame(readRequests(input), want, name)
  t.end()
})

void t.test('what a node has to give', t => {
  const allocatable = { cpu: '3920m', memory: '3069716Ki', pods: '110', 'ephemeral-storage': '47093746742', 'hugepages-2Mi': '0' }
  t.strictSame(readAmounts(allocatable), {
    cpu: 3920, memory: 3_143_389_184, pods: 110, 'ephemeral-storage': 47_093_746_742, 'hugepages-2Mi': 0,
  })
  t.end()
})
