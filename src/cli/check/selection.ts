import { isDeepStrictEqual } from 'node:util'
import { webhookEntry, type NamespaceRequirement } from '../../controllers/webhook-entry.ts'
import { asMap } from '../../placement/is-map.ts'
import type { Called } from '../called.ts'

type Map = Readonly<Record<string, unknown>>

/** How an entry chooses the pods that are sent, beside what Versprei writes. */
export interface Selection {
  /** What is not as Versprei writes it: a leader writes it again. */
  readonly altered: readonly string[]
  /** What was added by another: server-side apply, and so a leader, leaves it. */
  readonly added: readonly string[]
}

/** `selected`: what namespaces have to meet by Versprei's own flags; undefined: not known, and then any more will do. */
export function selectionOf(entry: Map, called: Called, selected: readonly NamespaceRequirement[] | undefined): Selection {
  const own = called.kind === 'service' ? called.namespace : undefined
  const wanted = webhookEntry({ url: '' }, undefined, own)
  const [namespaces, objects] = [asMap(entry['namespaceSelector']), asMap(entry['objectSelector'])]
  const conditions = listOf(entry['matchConditions'])
  const altered = [
    ...(isNamespaceSelector(listOf(namespaces['matchExpressions']), own, selected) ? [] : ['namespaceSelector']),
    ...(isDeepStrictEqual(objects['matchExpressions'], wanted.objectSelector.matchExpressions) ? [] : ['objectSelector']),
    ...wanted.matchConditions.filter(one => !conditions.some(there => isDeepStrictEqual(there, one)))
      .map(({ name }) => `matchConditions ${name}`),
  ]
  const added = [
    ...labelsIn('namespaceSelector', namespaces), ...labelsIn('objectSelector', objects),
    ...conditions.filter(({ name }) => !wanted.matchConditions.some(one => one.name === name))
      .map(({ name, expression }) => `matchConditions ${String(name)}: ${String(expression)}`),
  ]
  return { altered, added }
}

/** The first leaves namespaces out, by name; Versprei writes its flag's behind it. A Versprei outside the cluster has no namespace. */
function isNamespaceSelector(
  [first, ...rest]: readonly Map[], own: string | undefined, selected: readonly NamespaceRequirement[] | undefined,
): boolean {
  const { values } = first ?? {}
  const left = ['kube-system', ...(own === undefined ? [] : [own])]
  return first?.['key'] === 'kubernetes.io/metadata.name' && first['operator'] === 'NotIn' && Array.isArray(values)
    && left.every(name => values.includes(name)) && (selected === undefined || isDeepStrictEqual(rest, selected))
}

function labelsIn(selector: string, { matchLabels }: Map): readonly string[] {
  return Object.entries(asMap(matchLabels)).map(([key, value]) => `${selector} ${key}=${String(value)}`)
}

function listOf(value: unknown): readonly Map[] {
  return Array.isArray(value) ? value.map(asMap) : []
}
