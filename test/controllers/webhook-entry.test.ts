import t from 'tap'
import { webhookEntry } from '../../src/controllers/webhook-entry.ts'

const common = {
  name: 'pods.versprei.io',
  admissionReviewVersions: ['v1'],
  rules: [{ operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['pods'], scope: 'Namespaced' }],
  failurePolicy: 'Ignore',
  matchPolicy: 'Equivalent',
  sideEffects: 'NoneOnDryRun',
  reinvocationPolicy: 'Never',
  timeoutSeconds: 3,
  objectSelector: { matchExpressions: [{ key: 'versprei.io/ignore', operator: 'NotIn', values: ['true'] }] },
  matchConditions: [
    {
      name: 'has-a-controller',
      expression: 'has(object.metadata.ownerReferences) && object.metadata.ownerReferences.exists(o, '
        + "has(o.controller) && o.controller && !(o.kind == 'DaemonSet' && o.apiVersion.startsWith('apps/')))",
    },
    {
      name: 'has-no-node-or-a-seat',
      expression: "!has(object.spec.nodeName) || object.spec.nodeName == '' || (has(object.metadata.annotations) && "
        + "('versprei.io/seat' in object.metadata.annotations || 'versprei.io/admission' in object.metadata.annotations))",
    },
    {
      name: 'is-no-mirror-pod',
      expression: "!has(object.metadata.annotations) || !('kubernetes.io/config.mirror' in object.metadata.annotations)",
    },
  ],
}
const excluding = (...values: string[]) => ({ matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'NotIn', values }] })

const cases = [
  {
    name: 'through its Service',
    got: webhookEntry({ service: { namespace: 'versprei-system', name: 'versprei' } }, 'PEM', 'versprei-system'),
    want: {
      ...common, namespaceSelector: excluding('kube-system', 'versprei-system'),
      clientConfig: { service: { namespace: 'versprei-system', name: 'versprei', path: '/mutate', port: 443 }, caBundle: 'UEVN' },
    },
  },
  {
    name: 'through a URL',
    got: webhookEntry({ url: 'https://192.0.2.1:8443/mutate' }, 'PEM', undefined),
    want: {
      ...common, namespaceSelector: excluding('kube-system'),
      clientConfig: { url: 'https://192.0.2.1:8443/mutate', caBundle: 'UEVN' },
    },
  },
  {
    name: 'in kube-system, without an authority',
    got: webhookEntry({ url: 'https://192.0.2.1/mutate' }, undefined, 'kube-system'),
    want: { ...common, namespaceSelector: excluding('kube-system'), clientConfig: { url: 'https://192.0.2.1/mutate' } },
  },
  {
    name: 'for some namespaces, of those that are not left out',
    got: webhookEntry({ url: 'https://192.0.2.1/mutate' }, undefined, 'versprei-system', [{ key: 'team', operator: 'In', values: ['web'] }]),
    want: {
      ...common, clientConfig: { url: 'https://192.0.2.1/mutate' },
      namespaceSelector: {
        matchExpressions: [...excluding('kube-system', 'versprei-system').matchExpressions, { key: 'team', operator: 'In', values: ['web'] }],
      },
    },
  },
]
for (const { name, got, want } of cases) void t.test(`the whole entry ${name}`, async t => t.strictSame(got, want))
