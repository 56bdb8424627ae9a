import { leaseName } from '../../controllers/installed-names.ts'
import { serviceName, configurationName } from '../../controllers/webhook-entry.ts'
import { apiGroup } from '../../placement/keys.ts'
import { isUnknown, unknown, type Asked } from './asked.ts'
import { ok, warn, type Line } from './line.ts'
import { tellRight, type Right } from './right.ts'

const registrations = 'admissionregistration.k8s.io'

/** Everything that is read of the cluster, whatever its namespace. */
export const clusterReads = {
  crd: { verb: 'get', group: 'apiextensions.k8s.io', resource: 'customresourcedefinitions', name: 'poddistributors.versprei.versprei.io' },
  registration: { verb: 'get', group: registrations, resource: 'mutatingwebhookconfigurations', name: configurationName },
  policy: { verb: 'get', group: registrations, resource: 'validatingadmissionpolicies', name: 'versprei-pods' },
  bindings: { verb: 'list', group: registrations, resource: 'validatingadmissionpolicybindings' },
  distributors: { verb: 'list', group: apiGroup, resource: 'poddistributors' },
} as const satisfies Readonly<Record<string, Right>>

export interface Names {
  /** Of Versprei's ServiceAccount, and of the Secret of its certificates. */
  readonly account: string
  readonly secret: string
  /** The Service that is called; without it, that of config/deploy. */
  readonly service?: { readonly namespace: string, readonly name: string } | undefined
}

/** Everything that is read in Versprei's namespace. */
export function namespaceReads(namespace: string, { account, secret, service = { namespace, name: serviceName } }: Names) {
  return {
    service: { verb: 'get', group: '', resource: 'services', namespace: service.namespace, name: service.name },
    slices: { verb: 'list', group: 'discovery.k8s.io', resource: 'endpointslices', namespace: service.namespace },
    deployment: { verb: 'get', group: 'apps', resource: 'deployments', namespace, name: 'versprei' },
    pods: { verb: 'list', group: '', resource: 'pods', namespace },
    lease: { verb: 'get', group: 'coordination.k8s.io', resource: 'leases', namespace, name: leaseName },
    account: { verb: 'get', group: '', resource: 'serviceaccounts', namespace, name: account },
    secret: { verb: 'get', group: '', resource: 'secrets', namespace, name: secret },
  } as const satisfies Readonly<Record<string, Right>>
}

/** How the rights of others, and our own, are asked for. */
export const reviews = {
  others: { verb: 'create', group: 'authorization.k8s.io', resource: 'subjectaccessreviews' },
  own: { verb: 'create', group: 'authorization.k8s.io', resource: 'selfsubjectaccessreviews' },
} as const satisfies Readonly<Record<string, Right>>

/** Whether whoever runs this may ask what it asks. Lacking one, the line that needed it says so. */
export function judgeRights(held: readonly { readonly right: Right, readonly isHeld: Asked<boolean> }[]): Line {
  const refused = held.map(({ isHeld }) => isHeld).find(isUnknown)
  if (refused !== undefined) return unknown('rights', 'your own rights', refused)
  const lacks = held.filter(({ isHeld }) => isHeld.kind !== 'found' || !isHeld.value).map(({ right }) => tellRight(right))
  return lacks.length === 0
    ? ok('rights', `you have all ${held.length} that are asked for here`)
    : warn('rights', `you lack ${lacks.length} of ${held.length}: ${lacks.join('; ')}`,
      'what could not be asked is told below; ask with an account that has them')
}
