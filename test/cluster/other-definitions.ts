/**
 * Definitions of other projects, cut down to the fields that the chart uses: names, types, patterns and choices are meant to be those of
 * cert-manager and of the Prometheus operator. A field that stands in none of them is refused by server-side apply.
 */
type Schema = Readonly<Record<string, unknown>>

const text: Schema = { type: 'string' }
const yes: Schema = { type: 'boolean' }
const listOf = (items: Schema): Schema => ({ type: 'array', items })
const map: Schema = { type: 'object', additionalProperties: text }
const object = (properties: Readonly<Record<string, Schema>>, required: readonly string[] = []): Schema =>
  ({ type: 'object', properties, ...required.length > 0 && { required } })
const choice = (...choices: readonly string[]): Schema => ({ type: 'string', enum: choices })

/** As Prometheus writes a time. */
const duration: Schema = {
  type: 'string', pattern: '^(0|(([0-9]+)y)?(([0-9]+)w)?(([0-9]+)d)?(([0-9]+)h)?(([0-9]+)m)?(([0-9]+)s)?(([0-9]+)ms)?)$',
}

const issuerRef = object({ name: text, kind: text, group: text }, ['name'])

const certificate = object({
  secretName: text, commonName: text, dnsNames: listOf(text), isCA: yes, duration: text, renewBefore: text, issuerRef,
  usages: listOf(choice(
    'signing', 'digital signature', 'content commitment', 'key encipherment', 'key agreement', 'data encipherment', 'cert sign', 'crl sign',
    'encipher only', 'decipher only', 'any', 'server auth', 'client auth', 'code signing', 'email protection', 's/mime', 'ipsec end system',
    'ipsec tunnel', 'ipsec user', 'timestamping', 'ocsp signing', 'microsoft sgc', 'netscape sgc',
  )),
  privateKey: object({
    algorithm: choice('RSA', 'ECDSA', 'Ed25519'), encoding: choice('PKCS1', 'PKCS8'),
    rotationPolicy: choice('Never', 'Always'), size: { type: 'integer' },
  }),
}, ['issuerRef', 'secretName'])

const issuer = object({ ca: object({ secretName: text }, ['secretName']), selfSigned: object({ crlDistributionPoints: listOf(text) }) })

const serviceMonitor = object({
  selector: object({ matchLabels: map }),
  endpoints: listOf(object({ port: text, path: text, interval: duration, honorLabels: yes })),
}, ['selector', 'endpoints'])

const prometheusRule = object({
  groups: listOf(object({
    name: { type: 'string', minLength: 1 },
    rules: listOf(object({
      alert: text, expr: { 'x-kubernetes-int-or-string': true }, for: duration, labels: map, annotations: map,
    }, ['expr'])),
  }, ['name'])),
})

function define(group: string, version: string, kind: string, spec: Schema) {
  const plural = `${kind.toLowerCase()}s`
  return {
    apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', metadata: { name: `${plural}.${group}` },
    spec: {
      group, scope: 'Namespaced', names: { kind, plural, singular: kind.toLowerCase(), listKind: `${kind}List` },
      versions: [{ name: version, served: true, storage: true, schema: { openAPIV3Schema: object({ spec }, ['spec']) } }],
    },
  }
}

export const standIns = [
  define('cert-manager.io', 'v1', 'Certificate', certificate),
  define('cert-manager.io', 'v1', 'Issuer', issuer),
  define('monitoring.coreos.com', 'v1', 'ServiceMonitor', serviceMonitor),
  define('monitoring.coreos.com', 'v1', 'PrometheusRule', prometheusRule),
]
