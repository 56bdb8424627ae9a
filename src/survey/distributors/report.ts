import { asMap, mapsIn } from '../../placement/is-map.ts'
import { listDistributor } from '../../placement/distributor/listed.ts'
import { readConditions, type PreviousCondition } from '../../placement/status/read-status.ts'
import { nameTarget } from '../../placement/status/summarize.ts'

/**
 * What may be the matter with a PodDistributor, the gravest first. `unjudged`: it has no status; `stale`: its status is of an earlier spec;
 * the others are what the conditions say. Programs go by these words.
 */
export const troubles = ['unjudged', 'stale', 'invalid', 'conflicted', 'degraded', 'unbalanced'] as const

export type DistributorTrouble = typeof troubles[number]

/** How one group stands, of a status. */
export interface GroupReport {
  readonly name: string
  readonly wanted: number
  readonly assigned: number
  readonly ready: number
}

/** What the leader has written of a PodDistributor. Figures are absent where there is no status, or an invalid spec. */
export interface DistributorReport {
  readonly namespace: string
  readonly name: string
  /** `Deployment/web`; absent where it cannot be told. */
  readonly target?: string
  readonly pods?: number
  readonly split?: string
  readonly wanted?: string
  /** Pods that a group is from its ideal, at the most. */
  readonly deviation?: number
  /** Pods that no admission placed. */
  readonly strays?: number
  readonly groups: readonly GroupReport[]
  /** metadata.generation, and the one that the status is of. */
  readonly generation: number
  readonly observedGeneration?: number
  /** When the status changed last, RFC 3339. */
  readonly changed?: string
  /** Empty: it is as it should be. */
  readonly troubles: readonly DistributorTrouble[]
  /** The first trouble in words. */
  readonly why?: string
  readonly conditions: readonly PreviousCondition[]
}

/** A PodDistributor as the API server has it; undefined for what has no name. */
export function reportOf(object: unknown): DistributorReport | undefined {
  const { metadata, status } = asMap(object)
  const { namespace, name, generation, target } = listDistributor(object)
  if (name === '') return undefined
  const conditions = readConditions(status)
  const observed = numberOf(asMap(status)['observedGeneration'])
  const changed = lastChange(metadata, conditions)
  const found = find({ generation, observed, conditions })
  const [first] = found
  const named = textOf(asMap(status)['target']) ?? (target === undefined ? undefined : nameTarget(target))
  return {
    namespace, name,
    ...(named !== undefined && { target: named }),
    ...readFigures(status),
    groups: mapsIn(asMap(status)['groups']).map(readGroup),
    generation,
    ...(observed !== undefined && { observedGeneration: observed }),
    ...(changed !== undefined && { changed }),
    troubles: found.map(([trouble]) => trouble),
    ...(first !== undefined && { why: first[1] }),
    conditions,
  }
}

function readFigures(status: unknown): Pick<DistributorReport, 'pods' | 'split' | 'wanted' | 'deviation' | 'strays'> {
  const { pods, split, wanted, deviation, strays } = asMap(status)
  return {
    ...(typeof pods === 'number' && { pods }),
    ...(typeof split === 'string' && { split }),
    ...(typeof wanted === 'string' && { wanted }),
    // The API has no fractions: it is a text.
    ...(typeof deviation === 'string' && /^\d+(?:\.\d+)?$/u.test(deviation) && { deviation: Number(deviation) }),
    ...(typeof strays === 'number' && { strays }),
  }
}

interface Judged {
  readonly generation: number
  readonly observed: number | undefined
  readonly conditions: readonly PreviousCondition[]
}

/** Each trouble with what there is to say of it. */
function find({ generation, observed, conditions }: Judged): readonly (readonly [DistributorTrouble, string])[] {
  const says = (type: string, status: string): PreviousCondition | undefined =>
    conditions.find(one => one.type === type && one.status === status)
  if (conditions.length === 0) return [['unjudged', 'it has no status: no leader has judged it yet']]
  const isStale = observed !== undefined && observed < generation
  const conflicted = says('Conflicted', 'True')
  // Whoever is conflicted is not ready for that reason.
  const invalid = conflicted === undefined ? says('Ready', 'False') : undefined
  const found: readonly (readonly [DistributorTrouble, string | undefined])[] = [
    ['stale', isStale ? `its status is of generation ${observed} of the spec, which is at ${generation}` : undefined],
    ['invalid', invalid?.message], ['conflicted', conflicted?.message],
    ['degraded', says('Degraded', 'True')?.message], ['unbalanced', says('Balanced', 'False')?.message],
  ]
  return found.flatMap(([trouble, why]) => (why === undefined ? [] : [[trouble, why]]))
}

/** By the API server's own account of who wrote the status when; where that was taken out, when a condition changed last. */
function lastChange(metadata: unknown, conditions: readonly PreviousCondition[]): string | undefined {
  const writes = mapsIn(asMap(metadata)['managedFields']).filter(({ subresource }) => subresource === 'status')
  const times = writes.map(({ time }) => time).filter(time => typeof time === 'string')
  return (times.length > 0 ? times : conditions.map(({ lastTransitionTime }) => lastTransitionTime)).toSorted().at(-1)
}

function readGroup({ name, wanted, assigned, ready }: Readonly<Record<string, unknown>>): GroupReport {
  return { name: textOf(name) ?? '', wanted: numberOf(wanted) ?? 0, assigned: numberOf(assigned) ?? 0, ready: numberOf(ready) ?? 0 }
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined
}
