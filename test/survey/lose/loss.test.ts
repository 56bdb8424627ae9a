import t from 'tap'
import { listDistributor } from '../../../src/placement/distributor/listed.ts'
import { knownFor, nodesLostBy, parseLoss, type Loss } from '../../../src/survey/lose/loss.ts'
import { aNode } from '../state.ts'

void t.test('a loss is read as it is written', async t => {
  const cases: readonly { input: string, want: Loss | undefined }[] = [
    { input: 'group=spot', want: { kind: 'group', name: 'spot' } },
    { input: 'node=n1', want: { kind: 'node', name: 'n1' } },
    { input: 'zone=eu-1a', want: { kind: 'label', key: 'topology.kubernetes.io/zone', value: 'eu-1a' } },
    { input: 'example.com/rack=7=8', want: { kind: 'label', key: 'example.com/rack', value: '7=8' } },
    { input: 'control-plane=', want: { kind: 'label', key: 'control-plane', value: '' } },
    { input: 'zone=', want: undefined }, { input: '=a', want: undefined }, { input: 'spot', want: undefined }, { input: '', want: undefined },
  ]
  for (const { input, want } of cases) t.strictSame(parseLoss(input), want, input)
})

void t.test('the nodes of a loss, and what there would be to lose', async t => {
  const zone = 'topology.kubernetes.io/zone'
  const nodes = [aNode('n2', { type: 'spot', [zone]: 'b' }), aNode('n1', { type: 'spot', [zone]: 'a' }), aNode('n3', { [zone]: 'a' })]
  const { outcome } = listDistributor({
    apiVersion: 'versprei.versprei.io/v1beta1', kind: 'PodDistributor', metadata: { name: 'x' }, spec: {
      target: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
      distribution: [{ name: 'spot', nodeLabel: { type: 'spot' }, weight: 1 }, { name: 'none', nodeLabel: { type: 'none' }, weight: 1 }],
    },
  })
  const groups = 'plan' in outcome ? outcome.plan.distributor.groups : []
  const cases: readonly { text: string, lost: readonly string[], known: readonly string[] }[] = [
    { text: 'node=n3', lost: ['n3'], known: ['n1', 'n2', 'n3'] },
    { text: 'zone=a', lost: ['n1', 'n3'], known: ['a', 'b'] },
    { text: 'type=spot', lost: ['n1', 'n2'], known: ['spot'] },
    { text: 'group=spot', lost: ['n1', 'n2'], known: ['none', 'spot'] },
    { text: 'group=none', lost: [], known: ['none', 'spot'] },
    { text: 'group=other', lost: [], known: ['none', 'spot'] },
    { text: 'type=', lost: [], known: ['spot'] },
  ]
  for (const { text, lost, known } of cases) {
    const loss = parseLoss(text)
    t.ok(loss)
    if (loss === undefined) continue
    t.strictSame(nodesLostBy(loss, nodes, groups), lost, text)
    t.strictSame(knownFor(loss, nodes, groups), known, text)
  }
})
