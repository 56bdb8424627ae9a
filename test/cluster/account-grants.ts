import { requestApi } from './cluster.ts'
import type { Manifest } from './helm.ts'

/** One verb on one resource, for one object where a name is told. */
export interface Grant {
  /** Undefined: in every namespace. */
  readonly namespace: string | undefined
  readonly verb: string
  readonly group: string
  /** With its subresource: `poddistributors/status`. */
  readonly resource: string
  readonly name: string | undefined
}

/** What was asked of the API server. */
export type Use = Grant

interface Rule {
  readonly apiGroups: readonly string[]
  readonly resources: readonly string[]
  readonly verbs: readonly string[]
  readonly resourceNames?: readonly string[]
}

export interface Role { readonly metadata: { readonly name: string, readonly namespace?: string }, readonly rules: readonly Rule[] | null }

interface Binding {
  readonly metadata: { readonly namespace?: string }
  readonly roleRef: { readonly kind: string, readonly name: string }
  readonly subjects?: readonly { readonly kind: string, readonly name: string, readonly namespace?: string }[]
}

interface List<T> { readonly items: readonly T[] }

const rbac = '/apis/rbac.authorization.k8s.io/v1'

export function grantsOf({ metadata: { namespace }, rules }: Role): readonly Grant[] {
  return (rules ?? []).flatMap(({ apiGroups, resources, verbs, resourceNames = [undefined] }) => apiGroups.flatMap(group =>
    resources.flatMap(resource => verbs.flatMap(verb => resourceNames.map(name => ({ namespace, verb, group, resource, name }))))))
}

/** Of manifests, what their roles grant. */
export const grantsIn = (manifests: readonly Manifest[]): readonly Grant[] =>
  manifests.filter(({ kind }) => kind === 'Role' || kind === 'ClusterRole').flatMap(role => grantsOf(role as Manifest & Role))

/** All that a ServiceAccount is granted by bindings to itself. What everybody who is known may do is not among it: to ask what it may do, and to discover the API. */
export async function readGrants(namespace: string, name: string): Promise<readonly Grant[]> {
  const lists = ['clusterrolebindings', 'rolebindings'].map(plural => requestApi<List<Binding>>('GET', `${rbac}/${plural}`))
  const bindings = (await Promise.all(lists)).flatMap(({ items }) => items).filter(({ subjects = [] }) =>
    subjects.some(subject => subject.kind === 'ServiceAccount' && subject.name === name && subject.namespace === namespace))
  return (await Promise.all(bindings.map(async ({ metadata, roleRef }) => {
    const path = roleRef.kind === 'ClusterRole' ? `clusterroles/${roleRef.name}` : `namespaces/${metadata.namespace}/roles/${roleRef.name}`
    const { rules } = await requestApi<Role>('GET', `${rbac}/${path}`)
    return grantsOf({ metadata: { name: roleRef.name, ...metadata.namespace !== undefined && { namespace: metadata.namespace } }, rules })
  }))).flat()
}

/** Whether the use needs nothing but the grant. The name of what is created is not looked at, as the API server does not. */
export const covers = (grant: Grant, use: Use): boolean => grant.verb === use.verb && grant.group === use.group && grant.resource === use.resource
  && (grant.namespace === undefined || grant.namespace === use.namespace) && (grant.name === undefined || grant.name === use.name)

export const say = ({ namespace, verb, group, resource, name }: Grant): string =>
  [verb, group === '' ? resource : `${resource}.${group}`, ...name === undefined ? [] : [name], ...namespace === undefined ? [] : [`in ${namespace}`]].join(' ')
