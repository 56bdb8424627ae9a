import t from 'tap'
import { applyPatch, valueAt } from '../apply-patch.ts'
import { pod } from '../known.ts'
import { affinityPatch, preferencePatch } from '../../../src/placement/patch/affinity-patch.ts'
import { readPod } from '../../../src/placement/pod.ts'

const required = 'requiredDuringSchedulingIgnoredDuringExecution'
const spot = { key: 'type', operator: 'In', values: ['spot'] } as const
const fast = { key: 'disk', operator: 'Exists' } as const
const own = { key: 'cpu', operator: 'In', values: ['x'] }
const preferred = [{ weight: 1, preference: { matchExpressions: [own] } }]
const fields = [{ key: 'metadata.name', operator: 'In', values: ['a'] }]
const ofTerms = (nodeSelectorTerms: unknown) => ({ nodeAffinity: { [required]: { nodeSelectorTerms } } })
const pinned = ofTerms([{ matchExpressions: [spot, fast] }])

/** The affinity that a pod with this one has in the end. */
function narrowed(affinity: unknown): unknown {
  const object = affinity === undefined ? pod() : pod({ affinity })
  const read = readPod(object)
  if ('wrong' in read) return read.wrong
  return valueAt(applyPatch(object, affinityPatch(read.pod, [spot, fast])), 'spec', 'affinity')
}

void t.test('the group\'s expressions are ANDed into every term that is not empty, or become the only one', async t => {
  const cases: readonly { name: string, affinity: unknown, want: unknown }[] = [
    { name: 'no affinity', affinity: undefined, want: pinned },
    { name: 'null', affinity: null, want: pinned },
    { name: 'empty', affinity: {}, want: pinned },
    { name: 'of pods only', affinity: { podAffinity: {}, podAntiAffinity: {} }, want: { podAffinity: {}, podAntiAffinity: {}, ...pinned } },
    { name: 'nodeAffinity null', affinity: { nodeAffinity: null }, want: pinned },
    { name: 'nodeAffinity empty', affinity: { nodeAffinity: {} }, want: pinned },
    {
      name: 'preferred only', affinity: { nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: preferred } },
      want: { nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: preferred, ...pinned.nodeAffinity } },
    },
    { name: 'required null', affinity: { nodeAffinity: { [required]: null } }, want: pinned },
    { name: 'one term', affinity: ofTerms([{ matchExpressions: [own] }]), want: ofTerms([{ matchExpressions: [own, spot, fast] }]) },
    {
      name: 'several terms, each', affinity: ofTerms([{ matchExpressions: [own] }, { matchExpressions: [fast] }]),
      want: ofTerms([{ matchExpressions: [own, spot, fast] }, { matchExpressions: [fast, spot] }]),
    },
    {
      name: 'only matchFields', affinity: ofTerms([{ matchFields: fields }]),
      want: ofTerms([{ matchFields: fields, matchExpressions: [spot, fast] }]),
    },
    {
      name: 'matchFields, and expressions null', affinity: ofTerms([{ matchFields: fields, matchExpressions: null }]),
      want: ofTerms([{ matchFields: fields, matchExpressions: [spot, fast] }]),
    },
    {
      name: 'matchFields, and no expressions', affinity: ofTerms([{ matchFields: fields, matchExpressions: [] }]),
      want: ofTerms([{ matchFields: fields, matchExpressions: [spot, fast] }]),
    },
    {
      name: 'an empty term stays', affinity: ofTerms([{}, { matchExpressions: [own] }]),
      want: ofTerms([{}, { matchExpressions: [own, spot, fast] }]),
    },
    {
      name: 'every term empty', affinity: ofTerms([{}, { matchExpressions: [], matchFields: null }]),
      want: ofTerms([{}, { matchExpressions: [], matchFields: null }]),
    },
    { name: 'a null term is empty', affinity: ofTerms([null]), want: ofTerms([null]) },
    { name: 'no terms', affinity: ofTerms([]), want: ofTerms([]) },
    { name: 'terms null', affinity: ofTerms(null), want: ofTerms(null) },
    { name: 'there already', affinity: pinned, want: pinned },
    {
      name: 'there in part', affinity: ofTerms([{ matchExpressions: [fast, own] }]),
      want: ofTerms([{ matchExpressions: [fast, own, spot] }]),
    },
  ]
  for (const { name, affinity, want } of cases) t.strictSame(narrowed(affinity), want, name)
})

void t.test('a preference stands beside all that the pod has', async t => {
  const wished = 'preferredDuringSchedulingIgnoredDuringExecution'
  const ours = { weight: 100, preference: { matchExpressions: [spot, fast] } }
  const cases: readonly { name: string, affinity: unknown, want: unknown }[] = [
    { name: 'no affinity', affinity: undefined, want: { nodeAffinity: { [wished]: [ours] } } },
    { name: 'of pods only', affinity: { podAffinity: {} }, want: { podAffinity: {}, nodeAffinity: { [wished]: [ours] } } },
    { name: 'nodeAffinity empty', affinity: { nodeAffinity: {} }, want: { nodeAffinity: { [wished]: [ours] } } },
    { name: 'null', affinity: { nodeAffinity: { [wished]: null } }, want: { nodeAffinity: { [wished]: [ours] } } },
    { name: 'empty', affinity: { nodeAffinity: { [wished]: [] } }, want: { nodeAffinity: { [wished]: [ours] } } },
    {
      name: 'its own', affinity: { nodeAffinity: { [wished]: preferred } }, want: { nodeAffinity: { [wished]: [...preferred, ours] } },
    },
    { name: 'ours already', affinity: { nodeAffinity: { [wished]: [ours] } }, want: { nodeAffinity: { [wished]: [ours] } } },
    {
      name: 'ours, but for less',
      affinity: { nodeAffinity: { [wished]: [{ ...ours, weight: 1 }] } }, want: { nodeAffinity: { [wished]: [{ ...ours, weight: 1 }, ours] } },
    },
    {
      name: 'required terms', affinity: ofTerms([{ matchExpressions: [own] }]),
      want: { nodeAffinity: { ...ofTerms([{ matchExpressions: [own] }]).nodeAffinity, [wished]: [ours] } },
    },
  ]
  for (const { name, affinity, want } of cases) {
    const object = affinity === undefined ? pod() : pod({ affinity })
    const read = readPod(object)
    t.strictSame('pod' in read && valueAt(applyPatch(object, preferencePatch(read.pod, [spot, fast])), 'spec', 'affinity'), want, name)
  }
})
