/** Short ways to write PodDistributors for tables: the object as it stands in a manifest. */

export const distributor = (spec: unknown, metadata: unknown = { name: 'web' }): Record<string, unknown> => ({
  apiVersion: 'versprei.versprei.io/v1beta1',
  kind: 'PodDistributor',
  metadata,
  spec,
})

export const target = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' }

/** Of the Deployment `web`, with these groups. */
export const ofGroups = (...distribution: readonly unknown[]): Record<string, unknown> => distributor({ target, distribution })

export const regular = { nodeLabel: { type: 'default' }, weight: 80 }

/** Two groups: a good one, and one on `type: spot` with these fields beside or instead. */
export const withGroup = (fields: Record<string, unknown>): Record<string, unknown> =>
  ofGroups(regular, { nodeLabel: { type: 'spot' }, weight: 20, ...fields })

export const withSpec = (fields: Record<string, unknown>): Record<string, unknown> =>
  distributor({ target, distribution: [regular], ...fields })

export const withTarget = (fields: Record<string, unknown>): Record<string, unknown> => withSpec({ target: { ...target, ...fields } })

export const withExpression = (expression: unknown): Record<string, unknown> => withGroup({ matchExpressions: [expression] })

export const withToleration = (toleration: unknown): Record<string, unknown> => withGroup({ tolerations: [toleration] })

const zones = { maxSkew: 1, topologyKey: 'topology.kubernetes.io/zone', whenUnsatisfiable: 'DoNotSchedule' }

export const withSpread = (fields: Record<string, unknown>): Record<string, unknown> => withSpec({ spread: [{ ...zones, ...fields }] })

/** An object with an own key `__proto__`, as a parser of JSON or YAML makes it. */
export const protoKey = (value: string): unknown => JSON.parse(`{"__proto__": ${JSON.stringify(value)}}`)

export const many = <T>(count: number, make: (index: number) => T): readonly T[] => Array.from({ length: count }, (_, index) => make(index))

/** A label key whose prefix is one character too long, and whose whole is not. */
export const longKey = `${'a'.repeat(254)}/x`
