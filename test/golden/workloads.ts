import { affinityWorkloads } from './affinity-workloads.ts'
import {
  anywhere, classic, deployment, job, manyPods, meta, namespaced, node, pending, podSpec, statefulSet, type GoldenWorkload, type Json,
} from './workload.ts'

const owned = (kind: string, apiVersion: string, name: string, labels: Json = {}): GoldenWorkload => ({
  name,
  stands: classic,
  object: {
    ...namespaced(apiVersion, kind, name),
    spec: {
      replicas: manyPods,
      selector: kind === 'ReplicationController' ? { app: name } : { matchLabels: { app: name } },
      template: { metadata: meta(name, labels), spec: podSpec },
    },
  },
})

/** Who creates pods, and in which form. */
const controllers: readonly GoldenWorkload[] = [
  deployment('deployment', {}, classic),
  statefulSet('statefulset', {}, { by: 'type', counts: { default: 6, spot: 2 } }, [0, 7]),
  // Ordinals whose seat is the other group's: that one is closed to these pods.
  statefulSet('statefulset-spot', {
    template: { metadata: meta('statefulset-spot'), spec: { ...podSpec, nodeSelector: { type: 'spot' } } },
  }, { by: 'type', counts: { spot: 8 } }, [0, 7]),
  owned('ReplicaSet', 'apps/v1', 'replicaset'),
  owned('ReplicaSet', 'apps/v1', 'rollout-5f7d', { 'rollouts-pod-template-hash': '5f7d' }),
  owned('ReplicationController', 'v1', 'replication-controller'),
  job('indexed-job', { completionMode: 'Indexed', completions: 8, parallelism: 8 }, {
    by: 'type', counts: { default: 6, spot: 2 },
  }, [0, 7]),
  // A pod that has run to its end frees its seat, maybe before the next is created: their shares are a matter of time.
  job('job', { completions: 5, parallelism: 5 }, { by: 'type', among: ['default', 'spot'] }),
  job('nightly-29401234', { completions: 5, parallelism: 5 }, { by: 'type', among: ['default', 'spot'] }),
  {
    name: 'bare-pod', stands: anywhere,
    object: { ...namespaced('v1', 'Pod', 'bare-pod'), metadata: { name: 'bare-pod', labels: { app: 'bare-pod' } }, spec: podSpec },
  },
  {
    name: 'daemonset', stands: { by: 'pool', counts: { p6: 4 } },
    object: {
      ...namespaced('apps/v1', 'DaemonSet', 'daemonset'),
      spec: {
        selector: { matchLabels: { app: 'daemonset' } },
        template: { metadata: meta('daemonset'), spec: { ...podSpec, nodeSelector: { pool: 'p6' } } },
      },
    },
  },
]

const soft = { maxSkew: 1, topologyKey: 'kubernetes.io/hostname', whenUnsatisfiable: 'ScheduleAnyway' }
const spreading = (name: string, constraint: Json): GoldenWorkload =>
  deployment(name, { topologySpreadConstraints: [{ ...constraint, labelSelector: { matchLabels: { app: name } } }] }, classic)

/** What a template brings along besides affinity. */
const templates: readonly GoldenWorkload[] = [
  deployment('dressed', {}, classic, {
    labels: { tier: 'web', 'example.com/team': 'shop' },
    annotations: {
      'example.com/checksum': 'b1946ac9', 'controller.kubernetes.io/pod-deletion-cost': '7',
      'versprei.io/seat': '99', 'versprei.io/admission': 'x',
    },
  }),
  deployment('unicode', {
    containers: [{ name: 'app', image: 'app', env: [{ name: 'GREETING', value: 'Grüße, 世界 \u2028 👋🏽' }] }],
  }, classic, {
    annotations: { 'example.com/note': 'vérifié ✓ — 検証済み 🚀 \u0000\u001f"\\/~0~1' },
  }),
  deployment('prototype-names', {}, classic, {
    labels: { constructor: 'a', toString: 'b', 'example.com/hasOwnProperty': 'c' }, annotations: { constructor: 'd', valueOf: 'e' },
  }),
  deployment('ignored', {}, anywhere, { labels: { 'versprei.io/ignore': 'true' } }),
  deployment('not-ignored', {}, classic, { labels: { 'versprei.io/ignore': 'false' } }),
  deployment('labelled', {}, anywhere, { labels: { 'versprei.io/group': 'vip' } }),
  deployment('unclaimed', {}, anywhere),
  deployment('node-name', { nodeName: node }, { by: 'type', counts: { default: 5 } }),
  deployment('gated', { schedulingGates: [{ name: 'example.com/quota' }] }, pending),
  deployment('priority', { priorityClassName: 'system-cluster-critical' }, classic),
  deployment('volumes', {
    containers: [{ name: 'app', image: 'app', volumeMounts: [{ name: 'scratch', mountPath: '/scratch' }] }],
    volumes: [
      { name: 'scratch', emptyDir: { medium: 'Memory' } },
      { name: 'config', configMap: { name: 'absent', optional: true } },
      { name: 'about', downwardAPI: { items: [{ path: 'labels', fieldRef: { fieldPath: 'metadata.labels' } }] } },
    ],
  }, classic),
  // No volume is ever provisioned for its claims, so its pods wait.
  statefulSet('claims', {
    volumeClaimTemplates: [{
      metadata: { name: 'data' },
      spec: { accessModes: ['ReadWriteOnce'], storageClassName: 'absent', resources: { requests: { storage: '1Gi' } } },
    }],
  }, { by: 'type', counts: { '(pending)': 8 } }),
  deployment('tolerations-overlap', {
    tolerations: [{ key: 'spot', operator: 'Exists' }, { key: 'rate', value: 'cheap' }, { key: 'example.com/mine', operator: 'Exists' }],
  }, { by: 'type', counts: { spot: 3, default: 2 } }),
  spreading('spread-same', soft),
  spreading('spread-other', { ...soft, whenUnsatisfiable: 'DoNotSchedule' }),
  spreading('spread-zone', { ...soft, topologyKey: 'topology.kubernetes.io/zone', maxSkew: 2 }),
]

/** What the distributor says besides labels and weights: see distributors.yaml. */
const distributions: readonly GoldenWorkload[] = [
  deployment('spot-first', {}, { by: 'type', counts: { spot: 3, default: 2 } }),
  deployment('pools', {}, { by: 'pool', counts: { p1: 4, p2: 2, p6: 1 } }, {}, 7),
  statefulSet('pools-set', { replicas: 7 }, { by: 'pool', counts: { p1: 4, p2: 2, p6: 1 } }, [0, 2, 4, 5, 6]),
  deployment('spread-none', {}, classic),
  deployment('spread-given', {}, classic),
]

/** Every workload of the golden set. Their order is that in which they are created. */
export const workloads: readonly GoldenWorkload[] = [...controllers, ...templates, ...affinityWorkloads, ...distributions]
