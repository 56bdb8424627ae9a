import t from 'tap'
import { applyPatch, valueAt } from './apply-patch.ts'
import { know, place, pod, spot, written } from './known.ts'

const claim = { name: 'data', persistentVolumeClaim: { claimName: 'data-0' } }
const scratch = { name: 'scratch', ephemeral: { volumeClaimTemplate: { spec: {} } } }
const wish = { weight: 100, preference: { matchExpressions: [{ key: 'type', operator: 'In', values: ['spot'] }] } }
const term = { matchExpressions: wish.preference.matchExpressions }

void t.test('a group is required, or preferred; where nothing is declared, a pod with a claim prefers it', async t => {
  const cases: readonly { name: string, enforcement?: string, volumes?: unknown, want: 'required' | 'preferred' }[] = [
    { name: 'nothing declared', want: 'required' },
    { name: 'nothing declared, a claim', volumes: [scratch, claim], want: 'preferred' },
    { name: 'nothing declared, a generic ephemeral volume', volumes: [scratch], want: 'required' },
    { name: 'nothing declared, a null claim', volumes: [{ name: 'x', persistentVolumeClaim: null }], want: 'required' },
    { name: 'Required, a claim', enforcement: 'Required', volumes: [claim], want: 'required' },
    { name: 'Preferred', enforcement: 'Preferred', want: 'preferred' },
  ]
  for (const { name, enforcement, volumes, want } of cases) {
    const tolerations = [{ key: 'spot', operator: 'Exists' }]
    const knowledge = know(written({ distribution: [{ ...spot, tolerations }], ...enforcement === undefined ? {} : { enforcement } }))
    const object = pod(volumes === undefined ? {} : { volumes })
    const decision = place(knowledge, object)
    const patched = applyPatch(object, decision.patch)
    t.strictSame(valueAt(patched, 'spec', 'affinity', 'nodeAffinity'), want === 'required'
      ? { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [term] } }
      : { preferredDuringSchedulingIgnoredDuringExecution: [wish] }, name)
    t.equal(valueAt(patched, 'spec', 'topologySpreadConstraints') !== undefined, want === 'required', `${name}: spread`)
    t.strictSame(valueAt(patched, 'spec', 'tolerations'), tolerations, `${name}: tolerations`)
    t.equal(valueAt(patched, 'metadata', 'labels', 'versprei.io/group'), 'type-spot', `${name}: it holds a seat all the same`)
  }
})
