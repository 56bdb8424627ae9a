export type Json = Readonly<Record<string, unknown>>

/**
 * On which nodes a workload's pods stand in the end, by the label `by` of those nodes: exactly so many on each value, with
 * `(pending)` for pods without a node; or all of them somewhere among these; without `by` on any node.
 */
export type Stands =
  | { readonly by: string, readonly counts: Readonly<Record<string, number>> }
  | { readonly by: string, readonly among: readonly string[] }
  | { readonly among: 'any node' }

/** A workload whose pods' reviews are recorded. Its pods are known by the label `app`, which is its name. */
export interface GoldenWorkload {
  readonly name: string
  /** As a person would apply it, without a namespace. */
  readonly object: Json
  readonly stands: Stands
  /** Which of its pods are recorded, by ordinal or completion index; absent: the first that comes. */
  readonly indexes?: readonly number[]
}

/** So many pods that 80/20 and 60/40 divide them without a remainder: where they stand is a matter of the shares alone. */
export const manyPods = 5
export const classic: Stands = { by: 'type', counts: { default: 4, spot: 1 } }
export const pending: Stands = { by: 'type', counts: { '(pending)': manyPods } }
export const anywhere: Stands = { among: 'any node' }

/** A node that the cluster tests lay: one of `type: default`. */
export const node = 'versprei-default-0'

export const podSpec: Json = { containers: [{ name: 'app', image: 'app' }], terminationGracePeriodSeconds: 0 }

export const namespaced = (apiVersion: string, kind: string, name: string): Json => ({ apiVersion, kind, metadata: { name } })

export const meta = (app: string, labels: Json = {}, annotations?: Json): Json =>
  ({ labels: { app, ...labels }, ...annotations && { annotations } })

/** A Deployment; `own` is put over an ordinary pod spec. */
export const deployment = (
  name: string, own: Json, stands: Stands, { labels, annotations }: { readonly labels?: Json, readonly annotations?: Json } = {},
  replicas = manyPods,
): GoldenWorkload => ({
  name, stands,
  object: {
    ...namespaced('apps/v1', 'Deployment', name),
    spec: {
      replicas,
      selector: { matchLabels: { app: name } },
      template: { metadata: meta(name, labels, annotations), spec: { ...podSpec, ...own } },
    },
  },
})

/** A StatefulSet that creates its pods at once; `own` is put over its spec. */
export const statefulSet = (name: string, own: Json, stands: Stands, indexes: readonly number[] = [0]): GoldenWorkload => ({
  name, stands, indexes,
  object: {
    ...namespaced('apps/v1', 'StatefulSet', name),
    spec: {
      replicas: 8,
      serviceName: name,
      podManagementPolicy: 'Parallel',
      selector: { matchLabels: { app: name } },
      template: { metadata: meta(name), spec: podSpec },
      ...own,
    },
  },
})

/** A Job; `own` is put over its spec. */
export const job = (name: string, own: Json, stands: Stands, indexes?: readonly number[]): GoldenWorkload => ({
  name, stands, ...indexes && { indexes },
  object: {
    ...namespaced('batch/v1', 'Job', name),
    spec: { template: { metadata: meta(name), spec: { ...podSpec, restartPolicy: 'Never' } }, ...own },
  },
})

/** The names under which a workload's reviews and patches are kept. */
export const recordNames = ({ name, indexes }: GoldenWorkload): readonly string[] =>
  indexes === undefined ? [name] : indexes.map(index => `${name}-${index}`)
