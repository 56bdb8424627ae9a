import { apiGroup } from '../../placement/keys.ts'

/** One thing that an account may do, as RBAC has it. */
export interface Right {
  readonly verb: string
  /** Empty: the core group. */
  readonly group: string
  readonly resource: string
  readonly subresource?: string
  /** One object; without it, any. */
  readonly name?: string
  /** Without it, every namespace, or a resource that has none. */
  readonly namespace?: string
}

/** 'get leases.coordination.k8s.io "versprei" in versprei-system'. */
export function tellRight({ verb, group, resource, subresource, name, namespace }: Right): string {
  const what = `${resource}${subresource === undefined ? '' : `/${subresource}`}${group === '' ? '' : `.${group}`}`
  return `${verb} ${what}${name === undefined ? '' : ` "${name}"`}${namespace === undefined ? '' : ` in ${namespace}`}`
}

const versions: Readonly<Record<string, string>> = { [apiGroup]: 'v1beta1', 'argoproj.io': 'v1alpha1' }

/** Where the API has what the right is about. */
export function pathOf({ group, resource, name, namespace }: Right): string {
  return [
    group === '' ? '/api/v1' : `/apis/${group}/${versions[group] ?? 'v1'}`,
    ...(namespace === undefined ? [] : ['namespaces', encodeURIComponent(namespace)]),
    resource,
    ...(name === undefined ? [] : [encodeURIComponent(name)]),
  ].join('/')
}
