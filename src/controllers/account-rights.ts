import { apiGroup } from '../placement/keys.ts'
import { leaseName } from './installed-names.ts'
import { configurationName } from './webhook-entry.ts'

/** A right of Versprei's ServiceAccount: what the manifests in config/rbac grant, verb by verb. */
export interface AccountRight {
  /** Whether it is for the whole cluster or for Versprei's own namespace alone. */
  readonly scope: 'cluster' | 'own-namespace'
  /** Empty: the core group. */
  readonly group: string
  readonly resource: string
  readonly subresource?: string
  readonly verb: string
  /** The one object that it is for; without it, any. */
  readonly name?: string
  /** always: without it Versprei does not serve well. adoption: with `--adoption on`. certificates: with `--certificate-secret`. */
  readonly neededFor: 'always' | 'adoption' | 'certificates'
}

const distributors = { scope: 'cluster', group: apiGroup, resource: 'poddistributors', neededFor: 'always' } as const
const webhooks = {
  scope: 'cluster', group: 'admissionregistration.k8s.io', resource: 'mutatingwebhookconfigurations', name: configurationName,
    neededFor: 'always',
} as const
const leases = { scope: 'own-namespace', group: 'coordination.k8s.io', resource: 'leases', neededFor: 'always' } as const
const secrets = { scope: 'own-namespace', group: '', resource: 'secrets', neededFor: 'certificates' } as const

/** @param certificateSecret the value of `--certificate-secret` */
export function accountRights(certificateSecret: string): readonly AccountRight[] {
  return [
    ...['get', 'list', 'watch'].map(verb => ({ ...distributors, verb })),
    { ...distributors, subresource: 'status', verb: 'patch' },
    { scope: 'cluster', group: 'events.k8s.io', resource: 'events', verb: 'create', neededFor: 'always' },
    ...['pods', 'nodes'].flatMap(resource => ['list', 'watch'].map(verb =>
      ({ scope: 'cluster', group: '', resource, verb, neededFor: 'always' } as const))),
    ...['get', 'list', 'watch', 'patch'].map(verb => ({ ...webhooks, verb })),
    { ...leases, verb: 'create' },
    ...['get', 'update'].map(verb => ({ ...leases, verb, name: leaseName })),
    { scope: 'cluster', group: '', resource: 'pods', verb: 'patch', neededFor: 'adoption' },
    { ...secrets, verb: 'create' },
    ...[certificateSecret, `${certificateSecret}-peers`].flatMap(name => ['get', 'update'].map(verb => ({ ...secrets, verb, name }))),
  ]
}
