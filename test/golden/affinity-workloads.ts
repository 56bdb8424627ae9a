import { classic, deployment, manyPods, node, pending, type GoldenWorkload, type Json, type Stands } from './workload.ts'

const zoneKey = 'topology.kubernetes.io/zone'
const inValues = (key: string, ...values: readonly string[]): Json => ({ key, operator: 'In', values })
const terms = (...nodeSelectorTerms: readonly Json[]): Json => ({ requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } })
const nodeAffinity = (name: string, nodeAffinity: Json, stands: Stands): GoldenWorkload =>
  deployment(name, { affinity: { nodeAffinity } }, stands)

const expressions = (...matchExpressions: readonly Json[]): Json => ({ matchExpressions })
const near = (app: string): Json => ({ topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: { app } } })
const spot: Stands = { by: 'type', counts: { spot: manyPods } }

/** Pods with every kind of affinity. */
export const affinityWorkloads: readonly GoldenWorkload[] = [
  deployment('empty-maps', { affinity: {}, nodeSelector: {}, tolerations: [], topologySpreadConstraints: [] }, classic, {
    annotations: {},
  }),
  nodeAffinity('empty-node-affinity', {}, classic),
  deployment('node-selector', { nodeSelector: { [zoneKey]: 'a' } }, classic),
  deployment('node-selector-spot', { nodeSelector: { type: 'spot' } }, spot),
  deployment('node-selector-nowhere', { nodeSelector: { type: 'absent' } }, pending),
  nodeAffinity('one-term', terms(expressions(inValues(zoneKey, 'a', 'b'))), classic),
  nodeAffinity('several-terms', terms(
    expressions(inValues(zoneKey, 'a'), { key: 'example.com/retired', operator: 'DoesNotExist' }), expressions(inValues(zoneKey, 'b')),
  ), classic),
  nodeAffinity('empty-term', terms({}, expressions(inValues(zoneKey, 'a')), { matchExpressions: [], matchFields: [] }), classic),
  nodeAffinity('only-empty-terms', terms({}, {}), pending),
  // That node is known, and not of the spot group: no pod waits there for another.
  nodeAffinity('only-fields', terms({ matchFields: [inValues('metadata.name', node)] }), {
    by: 'type', counts: { default: manyPods },
  }),
  nodeAffinity('fields-and-expressions', terms(
    { ...expressions(inValues(zoneKey, 'a', 'b', 'c')), matchFields: [{ key: 'metadata.name', operator: 'NotIn', values: [node] }] },
    { matchFields: [{ key: 'metadata.name', operator: 'NotIn', values: [node] }] },
  ), classic),
  nodeAffinity('term-spot', terms(expressions(inValues('type', 'spot', 'absent'))), spot),
  nodeAffinity('one-term-spot', terms(expressions(inValues('type', 'spot')), expressions(inValues(zoneKey, 'c'))), classic),
  nodeAffinity('same-expression', terms(expressions(inValues('type', 'default'))), { by: 'type', counts: { default: manyPods } }),
  nodeAffinity('preferred', {
    preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 100, preference: expressions(inValues('type', 'spot')) }],
  }, classic),
  nodeAffinity('required-and-preferred', {
    ...terms(expressions(inValues(zoneKey, 'a'))),
    preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, preference: expressions({ key: 'fast', operator: 'Exists' }) }],
  }, classic),
  deployment('pod-affinity', {
    affinity: {
      podAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 10, podAffinityTerm: near('deployment') }] },
      podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [near('pod-affinity')] },
    },
  }, classic),
]
