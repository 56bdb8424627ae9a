import type { Mistake, Target } from './distributor.ts'
import type { Field } from './fields.ts'
import { parseCreated, parsePodDistributor } from './parse-distributor.ts'
import { parseTarget } from './parse-target.ts'
import { createPlan, type Plan } from './plan.ts'
import { asMap } from '../is-map.ts'

/** A PodDistributor as it was found: ready to decide by, or what is wrong with it. */
export interface Listed {
  readonly namespace: string
  readonly name: string
  /** Empty where it is no object of a cluster. */
  readonly uid: string
  /** Milliseconds since 1970. */
  readonly created: number
  /** metadata.generation: which spec this is; 0 where the API server did not say. */
  readonly generation: number
  /** Undefined where the target itself cannot be told. */
  readonly target: Target | undefined
  readonly outcome: { readonly plan: Plan } | { readonly mistakes: readonly Mistake[] }
}

/**
 * A PodDistributor as the API server or a manifest has it, made ready to decide by. An invalid one keeps its name, its age and,
 * where that has no mistake, its target, so that the pods it was meant for (and no others) can say why they are not placed.
 */
export function listDistributor(object: unknown, namespace = 'default'): Listed {
  const parsed = parsePodDistributor(object, namespace)
  const { metadata, spec } = asMap(object)
  const { name, namespace: own, creationTimestamp, uid, generation } = asMap(metadata)
  const identity = { uid: typeof uid === 'string' ? uid : '', generation: typeof generation === 'number' ? generation : 0 }
  if (parsed.ok) {
    const { value } = parsed
    const { namespace: inNamespace, name: named, created, target } = value
    return { ...identity, namespace: inNamespace, name: named, created, target, outcome: { plan: createPlan(value) } }
  }
  return {
    ...identity,
    namespace: typeof own === 'string' ? own : namespace,
    name: typeof name === 'string' ? name : '',
    created: parseCreated(aside(creationTimestamp)) || 0,
    target: targetOf(asMap(spec)['target']),
    outcome: { mistakes: parsed.mistakes },
  }
}

/** What is wrong with it, one line a mistake; empty when it is ready. */
export function mistakesOf({ outcome }: Listed): readonly string[] {
  return 'mistakes' in outcome ? outcome.mistakes.map(({ path, message }) => `${path === '' ? '' : `${path}: `}${message}`) : []
}

function targetOf(value: unknown): Target | undefined {
  const field = aside(value)
  const target = parseTarget(field)
  return field.mistakes.length === 0 ? target : undefined
}

/** A field whose mistakes are listed already. */
function aside(value: unknown): Field {
  return { path: '', value: value ?? undefined, mistakes: [] }
}
