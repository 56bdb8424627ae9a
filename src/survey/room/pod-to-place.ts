import { asMap, isMap, mapsIn } from '../../placement/is-map.ts'
import { matchesLabels, type Requirement } from '../../placement/nodes/requirements.ts'
import { readPod, type NodeTerm, type Pod, type PodToleration } from '../../placement/pod.ts'
import type { Amounts } from '../cluster-state.ts'
import { createLabelMatch } from '../label-selector.ts'

type Map = Readonly<Record<string, unknown>>
type Labels = Readonly<Record<string, string>>
type LabelMatch = (labels: Labels) => boolean

/** A topologySpreadConstraint as the scheduler reads it, its defaults filled in. */
export interface SpreadRule {
  readonly key: string
  readonly isHard: boolean
  readonly maxSkew: number
  readonly minDomains: number
  /** Whether it counts a pod with these labels; what its matchLabelKeys name is heeded. */
  readonly counts: LabelMatch
  readonly honoursAffinity: boolean
  readonly honoursTaints: boolean
}

/** A required term of pod anti-affinity: no such pod may be in the node's domain. */
export interface ApartRule {
  readonly key: string
  readonly counts: LabelMatch
  /** Undefined: of any namespace. */
  readonly namespaces: readonly string[] | undefined
}

/** What a pod asks of the node that it is to stand on. */
export interface PodToPlace {
  readonly namespace: string
  readonly labels: Labels
  readonly requests: Amounts
  readonly nodeSelector: Labels
  /** The terms of its required node affinity, ORed; undefined without one. */
  readonly terms: readonly NodeTerm[] | undefined
  readonly tolerations: readonly PodToleration[]
  readonly spread: readonly SpreadRule[]
  readonly apart: readonly ApartRule[]
  /** `TCP 8080`, and before it the address where it names one: two pods with one in common do not share a node. */
  readonly hostPorts: readonly string[]
  /** What else decides where it can stand, and is not looked at here: in words. */
  readonly unseen: readonly string[]
}

/**
 * What a pod of this template asks for: `labels` are those that its controller adds, `requests` what the scheduler counts for it.
 * The answer is a text where the template is none: what is wrong with it.
 */
export function readPodToPlace(template: unknown, { namespace, labels: added = {}, requests }: {
  readonly namespace: string
  readonly labels?: Labels
  readonly requests: Amounts
}): PodToPlace | string {
  const read = readPod(template)
  if ('wrong' in read) return read.wrong
  const { pod } = read
  const spec = asMap(asMap(template)['spec'])
  const labels = { ...pod.labels, ...added }
  return {
    namespace, labels, requests,
    nodeSelector: pod.nodeSelector ?? {},
    terms: pod.terms,
    tolerations: pod.tolerations ?? [],
    spread: mapsIn(spec['topologySpreadConstraints']).map(rule => readSpreadRule(rule, labels)),
    apart: mapsIn(asMap(asMap(spec['affinity'])['podAntiAffinity'])[required]).map(term => readApartRule(term, namespace, labels)),
    hostPorts: hostPortsOf(spec),
    unseen: unseenIn(spec, pod),
  }
}

const required = 'requiredDuringSchedulingIgnoredDuringExecution'

function textsIn(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter(item => typeof item === 'string') : []
}

function numberOr(value: unknown, other: number): number {
  return typeof value === 'number' ? value : other
}

/** Defaults: podtopologyspread `common.go`: minDomains 1, the pod's node affinity honoured, taints not. */
export function readSpreadRule(rule: Map, labels: Labels): SpreadRule {
  return {
    key: String(rule['topologyKey']),
    isHard: rule['whenUnsatisfiable'] !== 'ScheduleAnyway',
    maxSkew: numberOr(rule['maxSkew'], 1),
    minDomains: numberOr(rule['minDomains'], 1),
    counts: withKeys(createLabelMatch(rule['labelSelector']), rule['matchLabelKeys'], labels, 'In'),
    honoursAffinity: rule['nodeAffinityPolicy'] !== 'Ignore',
    honoursTaints: rule['nodeTaintsPolicy'] === 'Honor',
  }
}

/**
 * Terms without namespaces and namespaceSelector mean the pod's own namespace; an empty namespaceSelector means all of them
 * (core/v1 `PodAffinityTerm`). The labels of namespaces are not known here: one that selects some is taken to select all.
 */
function readApartRule(term: Map, namespace: string, labels: Labels): ApartRule {
  const listed = textsIn(term['namespaces'])
  const own = withKeys(createLabelMatch(term['labelSelector']), term['matchLabelKeys'], labels, 'In')
  return {
    key: String(term['topologyKey']),
    counts: withKeys(own, term['mismatchLabelKeys'], labels, 'NotIn'),
    namespaces: isMap(term['namespaceSelector']) ? undefined : listed.length > 0 ? listed : [namespace],
  }
}

/** A key that the pod has no label for is passed over (KEP-3243). */
function withKeys(selects: LabelMatch, keys: unknown, labels: Labels, operator: 'In' | 'NotIn'): LabelMatch {
  const more = textsIn(keys).flatMap((key): Requirement[] => {
    const value = Object.hasOwn(labels, key) ? labels[key] : undefined
    return value === undefined ? [] : [{ key, operator, values: [value] }]
  })
  return others => selects(others) && matchesLabels(more, others)
}

function hostPortsOf(spec: Map): readonly string[] {
  return mapsIn(spec['containers']).flatMap(({ ports }) => mapsIn(ports)).flatMap(({ hostPort, hostIP, protocol }) => {
    if (typeof hostPort !== 'number' || hostPort === 0) return []
    const address = typeof hostIP === 'string' && hostIP !== '' && hostIP !== '0.0.0.0' ? `${hostIP} ` : ''
    return [`${address}${typeof protocol === 'string' ? protocol : 'TCP'} ${hostPort}`]
  })
}

function unseenIn(spec: Map, { hasClaim, terms = [] }: Pick<Pod, 'hasClaim' | 'terms'>): readonly string[] {
  const scheduler = spec['schedulerName']
  const hasEphemeral = mapsIn(spec['volumes']).some(({ ephemeral }) => isMap(ephemeral))
  return [
    hasClaim ? 'where the volume of its PersistentVolumeClaim can be mounted' : '',
    hasEphemeral ? 'where its ephemeral volume can be made' : '',
    mapsIn(asMap(asMap(spec['affinity'])['podAffinity'])[required]).length > 0 ? 'its required pod affinity' : '',
    hostPortsOf(spec).length > 0 ? 'host ports that pods of other workloads hold' : '',
    terms.some(({ hasFields, nodeNames }) => hasFields && nodeNames === undefined) ? 'the matchFields of its node affinity' : '',
    mapsIn(spec['resourceClaims']).length > 0 ? 'its resource claims' : '',
    mapsIn(spec['schedulingGates']).length > 0 ? 'its scheduling gates' : '',
    typeof spec['nodeName'] === 'string' && spec['nodeName'] !== '' ? 'its nodeName, which no scheduler looks at' : '',
    isOther(scheduler) ? `what ${String(scheduler)} does that the default scheduler does not` : '',
  ].filter(text => text !== '')
}

function isOther(scheduler: unknown): boolean {
  return typeof scheduler === 'string' && scheduler !== '' && scheduler !== 'default-scheduler'
}
