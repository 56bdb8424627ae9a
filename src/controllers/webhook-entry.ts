import { admissionAnnotation, ignoreLabel, mirrorAnnotation, seatAnnotation } from '../placement/keys.ts'

/** Where the API server reaches Versprei: through its Service, or at a URL. */
export type Reach = { readonly service: { readonly namespace: string, readonly name: string } } | { readonly url: string }

/** What a namespace's labels have to meet, as an item of a LabelSelector's matchExpressions. */
export interface NamespaceRequirement {
  readonly key: string
  readonly operator: string
  readonly values?: readonly string[]
}

/** The MutatingWebhookConfiguration in config/webhook, and the Service beside it. */
export const configurationName = 'versprei'
export const serviceName = 'versprei'

/** The name of our entry: entries of others in the same configuration are left alone. */
export const entryName = 'pods.versprei.io'

/** The one path that reviews are answered at. */
export const reviewPath = '/mutate'

/** So long the API server waits for an answer; then it lets the pod through. */
export const timeoutSeconds = 3

/** What the API server need not send us, so that it never waits for us in vain (CEL; the webhook checks the same itself). */
const matchConditions = [
  {
    name: 'has-a-controller',
    // A DaemonSet of another API group, which may not be on every node, is a controller as any other.
    expression: 'has(object.metadata.ownerReferences) && object.metadata.ownerReferences.exists(o, '
      + "has(o.controller) && o.controller && !(o.kind == 'DaemonSet' && o.apiVersion.startsWith('apps/')))",
  },
  {
    name: 'has-no-node-or-a-seat',
    // That is taken off a pod which brings its node along. Of other pods that are not sent, the metadata tells that they hold none.
    expression: "!has(object.spec.nodeName) || object.spec.nodeName == '' || (has(object.metadata.annotations) && "
      + `('${seatAnnotation}' in object.metadata.annotations || '${admissionAnnotation}' in object.metadata.annotations))`,
  },
  {
    name: 'is-no-mirror-pod',
    expression: `!has(object.metadata.annotations) || !('${mirrorAnnotation}' in object.metadata.annotations)`,
  },
]

/**
 * Our entry in the MutatingWebhookConfiguration. It never blocks: Ignore lets pods through when Versprei is away, the
 * wait is bounded, kube-system and our own namespace are never sent.
 *
 * @param authority PEM; undefined where something else injects the caBundle
 * @param selected what namespaces have to meet beside that
 */
export function webhookEntry(
  reach: Reach, authority: string | undefined, ownNamespace: string | undefined, selected: readonly NamespaceRequirement[] = [],
) {
  const excluded = ['kube-system', ...(ownNamespace === undefined || ownNamespace === 'kube-system' ? [] : [ownNamespace])]
  return {
    name: entryName,
    admissionReviewVersions: ['v1'],
    clientConfig: {
      ...('url' in reach ? { url: reach.url } : { service: { ...reach.service, path: reviewPath, port: 443 } }),
      ...(authority === undefined ? {} : { caBundle: Buffer.from(authority).toString('base64') }),
    },
    rules: [{ operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['pods'], scope: 'Namespaced' }],
    failurePolicy: 'Ignore',
    matchPolicy: 'Equivalent',
    sideEffects: 'NoneOnDryRun',
    reinvocationPolicy: 'Never',
    timeoutSeconds,
    namespaceSelector: { matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: excluded }, ...selected] },
    objectSelector: { matchExpressions: [{ key: ignoreLabel, operator: 'NotIn', values: ['true'] }] },
    matchConditions,
  }
}
