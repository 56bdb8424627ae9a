/** What a test says of a PodDistributor; the rest is as it should be. */
export interface Told {
  readonly namespace?: string
  readonly name: string
  readonly split?: string
  readonly wanted?: string
  readonly deviation?: string
  readonly generation?: number
  /** Conditions that are not as they should be: `{Balanced: ['False', 'PodsStandWrong', '1 pod stands wrong']}`. */
  readonly conditions?: Readonly<Record<string, readonly [status: string, reason: string, message: string]>>
  /** No leader has judged it. */
  readonly isNew?: boolean
}

const well = {
  Ready: ['True', 'Placing', 'places the new pods of Deployment/web'], Balanced: ['True', 'InShares', 'all stand right'],
  Degraded: ['False', 'AsExpected', 'nothing is known to be the matter'], Conflicted: ['False', 'NoConflict', 'no other'],
} as const

/** As the API server has it, with a status that is as old as 11:57. */
export const distributorObject = ({ namespace = 'shop', name, split = '8/2', generation = 1, isNew = false, ...told }: Told) => {
  const counts = split.split('/').map(Number)
  const wanted = (told.wanted ?? split).split('/').map(Number)
  const groups = counts.map((assigned, index) => ({
    name: ['regular', 'spot'][index], wanted: wanted[index], assigned, ready: assigned, state: 'Open',
  }))
  const conditions = Object.entries({ ...well, ...told.conditions }).map(([type, [status, reason, message]]) => (
    { type, status, observedGeneration: 1, lastTransitionTime: '2026-01-31T11:57:00Z', reason, message }))
  return {
    apiVersion: 'versprei.versprei.io/v1beta1', kind: 'PodDistributor', metadata: { namespace, name, generation },
    spec: { target: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' }, distribution: [{ nodeLabel: { type: 'default' }, weight: 1 }] },
    ...(!isNew && { status: {
      observedGeneration: 1, target: 'Deployment/web', pods: counts.reduce((sum, count) => sum + count, 0), split, wanted: wanted.join('/'),
      deviation: told.deviation ?? '0', groups, strays: 0, conditions,
    } }),
  }
}
