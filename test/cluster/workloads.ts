import type { Manifest } from './resources.ts'

/** What a pod runs: nothing that a test looks at. */
export const containers = [{ name: 'app', image: 'app', resources: { requests: { cpu: '1m' } } }]

/** A pod template with these labels. */
export function templateOf(labels: Readonly<Record<string, string>>, spec: object = {}): object {
  return { metadata: { labels }, spec: { containers, ...spec } }
}

/** A workload of `apps/v1` that selects its pods by `app: <name>`. */
export function workloadOf(kind: 'Deployment' | 'ReplicaSet' | 'StatefulSet', name: string, replicas: number, spec: object = {}): Manifest {
  const labels = { app: name }
  return {
    apiVersion: 'apps/v1', kind, metadata: { name },
    spec: { replicas, selector: { matchLabels: labels }, template: templateOf(labels), ...spec },
  }
}
