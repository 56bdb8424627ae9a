import type { Target } from './distributor.ts'
import type { Listed } from './distributors.ts'
import { parsePodDistributor } from './parse-distributor.ts'
import { createPlan } from './plan.ts'
import { isMap } from '../pod.ts'

/**
 * A PodDistributor as the API server or a manifest has it, made ready to decide by. An invalid one keeps its name, and its
 * target as far as it can be told, so that the pods it was meant for can say why they are not placed.
 */
export function listDistributor(object: unknown, namespace = 'default'): Listed {
  const parsed = parsePodDistributor(object, namespace)
  if (parsed.ok) {
    const { value } = parsed
    return { namespace: value.namespace, name: value.name, created: value.created, target: value.target, outcome: { plan: createPlan(value) } }
  }
  const { metadata, spec } = asMap(object)
  const { name, namespace: own } = asMap(metadata)
  return {
    namespace: typeof own === 'string' ? own : namespace,
    name: typeof name === 'string' ? name : '',
    created: 0,
    target: guessTarget(asMap(spec)['target']),
    outcome: { mistakes: parsed.mistakes },
  }
}

function guessTarget(target: unknown): Target | undefined {
  const { apiVersion, kind, name } = asMap(target)
  if (typeof apiVersion !== 'string' || typeof kind !== 'string') return undefined
  const group = apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : ''
  return { group, kind, ...(typeof name === 'string' ? { name } : {}) }
}

function asMap(value: unknown): Readonly<Record<string, unknown>> {
  return isMap(value) ? value : {}
}
