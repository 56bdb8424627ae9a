import type { Group, Toleration } from '../../placement/distributor/distributor.ts'
import { asMap, mapsIn } from '../../placement/is-map.ts'
import { deletionCostAnnotation, distributorLabel } from '../../placement/keys.ts'
import type { Requirement } from '../../placement/nodes/requirements.ts'
import { hasOwnCost, hasSeatCost } from '../../placement/patch/deletion-cost.ts'
import type { NodeTerm, Pod, PodToleration } from '../../placement/pod.ts'
import { tellExpression } from './tell-expression.ts'

/** What decides where a pod may run, in words, by who said it. */
export interface Constraints {
  /** The pod's own: its template's, where that is known. */
  readonly own: readonly string[]
  /** What Versprei added when it placed the pod. */
  readonly added: readonly string[]
  /** What neither its template nor its group says: of another webhook, or of the group as it was then. */
  readonly others: readonly string[]
}

/** A pod, or its template: read, and as it stands. */
export interface Written {
  readonly pod: Pod
  readonly object: unknown
}

/** @param group that it was placed in, as it stands now; undefined: none */
export function constraintsOf(live: Written, template: Written | undefined, group: Group | undefined): Constraints {
  const all = [
    selectors(live.pod), requiredTerms(live.pod, template?.pod, group), preferredTerms(live.pod, template?.pod, group),
    podAffinities(live.object),
    spreads(live.object, template?.object), tolerations(live.pod, template?.pod, group), deletionCost(live.pod),
  ]
  return {
    own: all.flatMap(({ own = [] }) => own),
    added: all.flatMap(({ added = [] }) => added),
    others: all.flatMap(({ others = [] }) => others),
  }
}

function selectors({ nodeSelector = {} }: Pod): Partial<Constraints> {
  return { own: Object.entries(nodeSelector).map(([key, value]) => `nodeSelector ${key}=${value}`) }
}

/** Terms are ORed, and the group's expressions are in each of them; without a template, all but the group's is the pod's own. */
function requiredTerms({ terms = [] }: Pod, template: Pod | undefined, group: Group | undefined): Partial<Constraints> {
  const ofGroup = signaturesOf(group?.expressions ?? [])
  const ownTerms = template === undefined
    ? terms.map(term => term.matchExpressions.filter(one => !ofGroup.has(signature(one))))
    : (template.terms ?? []).map(term => term.matchExpressions)
  const beyond = terms.flatMap(({ matchExpressions }, index) => {
    const own = signaturesOf(ownTerms[index] ?? [])
    return matchExpressions.filter(one => !own.has(signature(one)))
  })
  const extra = [...new Map(beyond.map(one => [signature(one), one])).values()]
  const alternatives = ownTerms.filter(term => term.length > 0)
  return {
    own: [
      ...alternatives.length === 0 ? [] : [`node affinity ${alternatives.map(term => term.map(tellExpression).join(', ')).join(' or ')}`],
      ...fieldsOf(terms),
    ],
    added: tellTerm(extra.filter(one => ofGroup.has(signature(one)))),
    others: tellTerm(extra.filter(one => !ofGroup.has(signature(one)))),
  }
}

function tellTerm(expressions: readonly Requirement[]): readonly string[] {
  return expressions.length === 0 ? [] : [`node affinity ${expressions.map(tellExpression).join(', ')}`]
}

function fieldsOf(terms: readonly NodeTerm[]): readonly string[] {
  const names = terms.flatMap(({ nodeNames = [] }) => nodeNames)
  return names.length === 0 ? [] : [`node affinity metadata.name in (${names.join(',')})`]
}

function preferredTerms(live: Pod, template: Pod | undefined, group: Group | undefined): Partial<Constraints> {
  const ofGroup = tellPreferred(100, group?.expressions ?? [])
  return byWhom(preferencesOf(live), template && preferencesOf(template), text => group !== undefined && text === ofGroup)
}

function preferencesOf({ preferred = [] }: Pod): readonly string[] {
  return preferred.map(({ weight, preference }) => tellPreferred(weight ?? 0, preference.matchExpressions))
}

function tellPreferred(weight: number, expressions: readonly Requirement[]): string {
  return `preferred node affinity ${expressions.map(tellExpression).join(', ')} (weight ${weight})`
}

function podAffinities(object: unknown): Partial<Constraints> {
  const affinity = asMap(specOf(object)['affinity'])
  const kinds = [['podAffinity', 'pod affinity'], ['podAntiAffinity', 'pod anti-affinity']] as const
  return { own: kinds.flatMap(([key, name]) => {
    const required = mapsIn(asMap(affinity[key])['requiredDuringSchedulingIgnoredDuringExecution'])
    const preferred = mapsIn(asMap(affinity[key])['preferredDuringSchedulingIgnoredDuringExecution'])
    return [
      ...required.map(({ topologyKey }) => `${name} over ${String(topologyKey)}`),
      ...preferred.map(({ podAffinityTerm }) => `preferred ${name} over ${String(asMap(podAffinityTerm)['topologyKey'])}`),
    ]
  }) }
}

type Map = Readonly<Record<string, unknown>>

function spreads(object: unknown, template: unknown): Partial<Constraints> {
  const constraints = mapsIn(specOf(object)['topologySpreadConstraints'])
  const ofTemplate = mapsIn(specOf(template)['topologySpreadConstraints']).map(tellSpread)
  const others = constraints.filter(one => !isOurSpread(one)).map(tellSpread)
  return {
    ...byWhom(others, template === undefined ? undefined : ofTemplate, () => false),
    added: constraints.filter(isOurSpread).map(tellSpread),
  }
}

/** Ours select by the label of a distributor, which no other's does. */
function isOurSpread({ labelSelector }: Map): boolean {
  return Object.hasOwn(asMap(asMap(labelSelector)['matchLabels']), distributorLabel)
}

function tellSpread({ topologyKey, maxSkew, whenUnsatisfiable }: Map): string {
  return `spread over ${String(topologyKey)} (maxSkew ${String(maxSkew)}, ${String(whenUnsatisfiable)})`
}

/** What the API server gives every pod (DefaultTolerationSeconds) says nothing about this one. */
const usual = new Set(['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'])

function tolerations(live: Pod, template: Pod | undefined, group: Group | undefined): Partial<Constraints> {
  const ofGroup = new Set((group?.tolerations ?? []).map(one => tellToleration(withDefaults(one))))
  return byWhom(tolerationsOf(live), template && tolerationsOf(template), text => ofGroup.has(text))
}

function tolerationsOf({ tolerations = [] }: Pod): readonly string[] {
  return tolerations.filter(({ key, tolerationSeconds }) => !usual.has(key) || tolerationSeconds === undefined).map(tellToleration)
}

function withDefaults({ key = '', operator = 'Equal', value = '', effect, tolerationSeconds }: Toleration): PodToleration {
  return { key, operator, value, effect: effect ?? '', tolerationSeconds }
}

function tellToleration({ key, operator, value, effect, tolerationSeconds }: PodToleration): string {
  const what = key === '' ? 'every taint' : operator === 'Exists' ? key : `${key}=${value}`
  return `toleration ${what}${effect === '' ? '' : `:${effect}`}${tolerationSeconds === undefined ? '' : ` for ${tolerationSeconds} s`}`
}

function deletionCost(pod: Pod): Partial<Constraints> {
  const text = `deletion cost ${pod.annotations?.[deletionCostAnnotation] ?? ''}`
  return hasOwnCost(pod) ? { own: [text] } : hasSeatCost(pod) ? { added: [text] } : {}
}

/** Without a template, what is not ours is taken for the pod's own. */
function byWhom(all: readonly string[], template: readonly string[] | undefined, isOurs: (text: string) => boolean): Constraints {
  const isOwn = (text: string): boolean => (template === undefined ? !isOurs(text) : template.includes(text))
  return {
    own: all.filter(isOwn),
    added: all.filter(text => !isOwn(text) && isOurs(text)),
    others: all.filter(text => !isOwn(text) && !isOurs(text)),
  }
}

function signature({ key, operator, values = [] }: Requirement): string {
  return JSON.stringify([key, operator, values])
}

function signaturesOf(expressions: readonly Requirement[]): ReadonlySet<string> {
  return new Set(expressions.map(signature))
}

function specOf(object: unknown): Map {
  return asMap(asMap(object)['spec'])
}
