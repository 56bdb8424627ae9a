import { isMap } from './is-map.ts'
import type { Requirement } from './nodes/requirements.ts'

export interface Owner {
  /** API group without the version; empty for the core group. */
  readonly group: string
  readonly kind: string
  readonly name: string
  readonly uid: string
}

/** A NodeSelectorTerm, as far as placement reads it. Null and absent lists are empty. */
export interface NodeTerm {
  readonly matchExpressions: readonly Requirement[]
  /** Whether the field is there at all: a patch can only append to a list that is. */
  readonly hasExpressions: boolean
  readonly hasFields: boolean
  /** The nodes that its matchFields name, which are all that the API server lets them say; undefined where they name none. */
  readonly nodeNames: readonly string[] | undefined
}

/** A PreferredSchedulingTerm, as far as placement reads it. */
export interface PreferredTerm {
  readonly weight: number | undefined
  readonly preference: NodeTerm
}

/** What tells a TopologySpreadConstraint from the others of its pod. */
export interface SpreadIdentity {
  readonly topologyKey: string
  readonly whenUnsatisfiable: string
}

/** A Toleration; absent and null texts are empty, an empty operator is Equal. */
export interface PodToleration {
  readonly key: string
  readonly operator: string
  readonly value: string
  readonly effect: string
  readonly tolerationSeconds: number | undefined
}

/** A pod to be placed: what placement reads of it, its types checked. Absent and null are the same to the API server and to us. */
export interface Pod {
  readonly labels: Readonly<Record<string, string>> | undefined
  readonly annotations: Readonly<Record<string, string>> | undefined
  readonly owner: Owner | undefined
  readonly nodeName: string | undefined
  readonly nodeSelector: Readonly<Record<string, string>> | undefined
  /** Which of `affinity`, `affinity.nodeAffinity` and its required node selector are there. */
  readonly affinityDepth: 0 | 1 | 2 | 3
  /** The terms of the required node selector; undefined without one. */
  readonly terms: readonly NodeTerm[] | undefined
  /** The preferred terms of its node affinity; undefined without such a list. */
  readonly preferred: readonly PreferredTerm[] | undefined
  /** Whether it mounts a PersistentVolumeClaim by name. A generic ephemeral volume is not one: it is made where the pod runs. */
  readonly hasClaim: boolean
  readonly spread: readonly SpreadIdentity[] | undefined
  readonly tolerations: readonly PodToleration[] | undefined
}

/** Thrown inside `readPod` only: where the first wrong type stands. */
class WrongType extends Error {}

/**
 * Reads a pod out of an AdmissionReview. The API server sends well-typed pods only; whatever else calls us gets the path
 * of the first wrong type, and its pod is left alone.
 */
export function readPod(object: unknown): { readonly pod: Pod } | { readonly wrong: string } {
  try {
    return { pod: read(object) }
  } catch (error) {
    if (error instanceof WrongType) return { wrong: error.message }
    throw error
  }
}

function read(object: unknown): Pod {
  const root = mapAt(object, 'object') ?? {}
  const metadata = mapAt(root['metadata'], 'metadata') ?? {}
  const spec = mapAt(root['spec'], 'spec')
  if (spec === undefined) throw new WrongType('spec is missing')
  return {
    labels: textsAt(metadata['labels'], 'metadata.labels'),
    annotations: textsAt(metadata['annotations'], 'metadata.annotations'),
    owner: readOwner(metadata['ownerReferences']),
    nodeName: textAt(spec['nodeName'], 'spec.nodeName'),
    nodeSelector: textsAt(spec['nodeSelector'], 'spec.nodeSelector'),
    ...readAffinity(spec['affinity']),
    hasClaim: mapsAt(spec['volumes'], 'spec.volumes')?.some(hasClaim) ?? false,
    spread: mapsAt(spec['topologySpreadConstraints'], 'spec.topologySpreadConstraints')?.map(readSpread),
    tolerations: mapsAt(spec['tolerations'], 'spec.tolerations')?.map(readToleration),
  }
}

function readOwner(references: unknown): Owner | undefined {
  const path = 'metadata.ownerReferences'
  const controller = mapsAt(references, path)?.find(reference => reference['controller'] === true)
  if (controller === undefined) return undefined
  const apiVersion = textAt(controller['apiVersion'], `${path}.apiVersion`) ?? ''
  return {
    group: apiVersion.slice(0, Math.max(0, apiVersion.indexOf('/'))),
    kind: textAt(controller['kind'], `${path}.kind`) ?? '',
    name: textAt(controller['name'], `${path}.name`) ?? '',
    uid: textAt(controller['uid'], `${path}.uid`) ?? '',
  }
}

function hasClaim({ persistentVolumeClaim }: Readonly<Record<string, unknown>>): boolean {
  return mapAt(persistentVolumeClaim, 'spec.volumes.persistentVolumeClaim') !== undefined
}

function readAffinity(value: unknown): Pick<Pod, 'affinityDepth' | 'terms' | 'preferred'> {
  const affinity = mapAt(value, 'spec.affinity')
  if (affinity === undefined) return { affinityDepth: 0, terms: undefined, preferred: undefined }
  const nodeAffinity = mapAt(affinity['nodeAffinity'], 'spec.affinity.nodeAffinity')
  if (nodeAffinity === undefined) return { affinityDepth: 1, terms: undefined, preferred: undefined }
  const wished = 'spec.affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution'
  const preferred = mapsAt(nodeAffinity['preferredDuringSchedulingIgnoredDuringExecution'], wished)?.map(({ weight, preference }) => ({
    weight: typeof weight === 'number' ? weight : undefined,
    preference: readTerm(mapAt(preference, wished) ?? {}, `${wished}.preference`),
  }))
  const path = 'spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution'
  const required = mapAt(nodeAffinity['requiredDuringSchedulingIgnoredDuringExecution'], path)
  if (required === undefined) return { affinityDepth: 2, terms: undefined, preferred }
  const terms = mapsAt(required['nodeSelectorTerms'], `${path}.nodeSelectorTerms`) ?? []
  return { affinityDepth: 3, terms: terms.map(term => readTerm(term, `${path}.nodeSelectorTerms`)), preferred }
}

function readTerm(term: Readonly<Record<string, unknown>>, path: string): NodeTerm {
  const expressions = mapsAt(term['matchExpressions'], `${path}.matchExpressions`)
  const fields = (mapsAt(term['matchFields'], `${path}.matchFields`) ?? []).map(field => readExpression(field, `${path}.matchFields`))
  return {
    matchExpressions: (expressions ?? []).map(expression => readExpression(expression, `${path}.matchExpressions`)),
    hasExpressions: expressions !== undefined,
    hasFields: fields.length > 0,
    nodeNames: fields.find(({ key, operator }) => key === 'metadata.name' && operator === 'In')?.values,
  }
}

function readExpression({ key, operator, values }: Readonly<Record<string, unknown>>, path: string): Requirement {
  return {
    key: textAt(key, `${path}.key`) ?? '',
    operator: textAt(operator, `${path}.operator`) ?? '',
    values: (listAt(values, `${path}.values`) ?? []).map(value => textAt(value, `${path}.values`) ?? ''),
  }
}

function readSpread({ topologyKey, whenUnsatisfiable }: Readonly<Record<string, unknown>>): SpreadIdentity {
  const path = 'spec.topologySpreadConstraints'
  return {
    topologyKey: textAt(topologyKey, `${path}.topologyKey`) ?? '',
    whenUnsatisfiable: textAt(whenUnsatisfiable, `${path}.whenUnsatisfiable`) ?? '',
  }
}

function readToleration({ key, operator, value, effect, tolerationSeconds }: Readonly<Record<string, unknown>>): PodToleration {
  const path = 'spec.tolerations'
  if (!(tolerationSeconds === undefined || tolerationSeconds === null || typeof tolerationSeconds === 'number')) {
    throw new WrongType(`${path}.tolerationSeconds is not a number`)
  }
  return {
    key: textAt(key, `${path}.key`) ?? '',
    operator: textAt(operator, `${path}.operator`) || 'Equal',
    value: textAt(value, `${path}.value`) ?? '',
    effect: textAt(effect, `${path}.effect`) ?? '',
    tolerationSeconds: tolerationSeconds ?? undefined,
  }
}

function mapAt(value: unknown, path: string): Readonly<Record<string, unknown>> | undefined {
  if (value === undefined || value === null) return undefined
  if (!isMap(value)) throw new WrongType(`${path} is not a map`)
  return value
}

function textAt(value: unknown, path: string): string | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'string') throw new WrongType(`${path} is not a text`)
  return value
}

function listAt(value: unknown, path: string): readonly unknown[] | undefined {
  if (value === undefined || value === null) return undefined
  if (!Array.isArray(value)) throw new WrongType(`${path} is not a list`)
  return value
}

function mapsAt(value: unknown, path: string): readonly Readonly<Record<string, unknown>>[] | undefined {
  return listAt(value, path)?.map(item => mapAt(item, path) ?? {})
}

function textsAt(value: unknown, path: string): Readonly<Record<string, string>> | undefined {
  const map = mapAt(value, path)
  if (map === undefined || holdsTexts(map)) return map
  // A null is an empty text to the API server.
  return Object.fromEntries(Object.entries(map).map(([key, text]) => [key, textAt(text, path) ?? '']))
}

function holdsTexts(map: Readonly<Record<string, unknown>>): map is Readonly<Record<string, string>> {
  for (const key of Object.keys(map)) if (typeof map[key] !== 'string') return false
  return true
}
