import type { Enforcement, Mistake, PodDistributor } from './distributor.ts'
import { choiceOf, fault, fieldsOf, isPresent, requirePresent, textOf } from './fields.ts'
import type { Field } from './fields.ts'
import { apiVersion, kind } from '../keys.ts'
import { faultOfDistributorName, faultOfNamespace, quote } from './label-syntax.ts'
import { parseDistribution } from './parse-distribution.ts'
import { parseSpread } from './parse-spread.ts'
import { parseTarget } from './parse-target.ts'

export type ParsedDistributor =
  | { readonly ok: true, readonly value: PodDistributor }
  | { readonly ok: false, readonly mistakes: readonly Mistake[] }

/** The fields of an ObjectMeta; all but name, namespace and creationTimestamp are the API server's affair. */
const metadataNames = [
  'name', 'namespace', 'creationTimestamp', 'generateName', 'labels', 'annotations', 'uid', 'resourceVersion', 'generation', 'selfLink',
  'deletionTimestamp', 'deletionGracePeriodSeconds', 'ownerReferences', 'finalizers', 'managedFields',
] as const

type Metadata = Pick<PodDistributor, 'name' | 'namespace' | 'created'>

/** Milliseconds since 1970; 0 when absent. */
export function parseCreated(field: Field): number {
  const time = typeof field.value === 'string' ? Date.parse(field.value) : Number.NaN
  if (isPresent(field) && Number.isNaN(time)) fault(field, 'must be a time in RFC 3339, such as 2026-01-31T12:00:00Z, or left out')
  return isPresent(field) ? time : 0
}

function parseMetadata(field: Field, namespace: string): Metadata | undefined {
  if (!requirePresent(field, 'it holds the name')) return undefined
  const at = fieldsOf(field, metadataNames)
  if (!at) return undefined
  requirePresent(at('name'), 'the name of the distributor')
  return {
    name: textOf(at('name'), faultOfDistributorName) ?? '',
    namespace: textOf(at('namespace'), faultOfNamespace) ?? namespace,
    created: parseCreated(at('creationTimestamp')),
  }
}

function expectText(field: Field, wanted: string): void {
  if (!requirePresent(field, wanted)) return
  textOf(field, text => (text === wanted ? undefined : `is ${quote(text)}; it must be ${wanted}`))
}

/**
 * Reads a PodDistributor as a person or the API server wrote it: every mistake is listed, each with the path the API server would
 * give. What it refuses, the CRD in `config/crd` refuses too, but for clashes of derived names and for what is another object.
 *
 * @param object a parsed JSON or YAML document; null values count as absent, as the API server drops them
 * @param namespace where the distributor lives when its metadata does not say
 */
export function parsePodDistributor(object: unknown, namespace = 'default'): ParsedDistributor {
  const mistakes: Mistake[] = []
  const root: Field = { path: '', value: object, mistakes }
  if (typeof object !== 'object' || object === null || Array.isArray(object)) fault(root, `must be a map: a ${kind}`)
  const at = mistakes.length > 0 ? undefined : fieldsOf(root, ['apiVersion', 'kind', 'metadata', 'spec', 'status'])
  if (!at) return { ok: false, mistakes }
  expectText(at('apiVersion'), apiVersion)
  expectText(at('kind'), kind)
  const metadata = parseMetadata(at('metadata'), namespace)
  requirePresent(at('spec'), 'it holds target and distribution')
  const spec = fieldsOf(at('spec'), ['target', 'distribution', 'enforcement', 'spread'])
  if (!spec) return { ok: false, mistakes }
  const target = parseTarget(spec('target'))
  const groups = parseDistribution(spec('distribution'))
  const enforcement = choiceOf<Enforcement>(spec('enforcement'), ['Required', 'Preferred', 'Audit'])
  const spread = parseSpread(spec('spread'))
  if (!metadata || !target || mistakes.length > 0) return { ok: false, mistakes }
  const options = { ...(enforcement === undefined ? {} : { enforcement }), ...(spread === undefined ? {} : { spread }) }
  return { ok: true, value: { ...metadata, target, groups, ...options } }
}
