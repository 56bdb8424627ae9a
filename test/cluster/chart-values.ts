import type { Values } from './helm.ts'

export type Names = Readonly<Record<'account' | 'secret' | 'issued' | 'callers' | 'class', string>>

/** Values with these names, where a user may choose one. */
export const named = ({ account, secret, issued, callers, class: name }: Names): Values => ({
  serviceAccount: { name: account }, webhook: { callers: { configMap: callers } }, priorityClass: { name },
  certificates: { secretName: secret, certManager: { enabled: true, secretName: issued } },
})

/** Names that YAML takes for something else where they stand without quotes. */
export const oddNames: Names = { account: '1e3', secret: '0123', issued: '77', callers: 'true', class: 'null' }

/** Values that the chart is tried with, by what they are for. */
export const valueSets: Readonly<Record<string, Values>> = {
  'the defaults': {},
  'cert-manager': { certificates: { certManager: { enabled: true, injectCa: true } } },
  'cert-manager with an issuer of the cluster': {
    certificates: { certManager: { enabled: true, issuerRef: { name: 'internal', kind: 'ClusterIssuer', group: 'cert-manager.io' } } },
  },
  'names of digits and such': named(oddNames),
  'the nodes\' network': { hostNetwork: true, ports: { webhook: 18_443, metrics: 19_090, peers: 18_444 } },
  'callers by certificate': { webhook: { callers: { configMap: 'kube-root-ca.crt', names: ['system:kube-apiserver', 'api-server'] } } },
  'adoption off': { adoption: { enabled: false } },
  'as little as can be': {
    replicaCount: 1, adoption: { enabled: false }, crds: { install: false }, serviceAccount: { create: false, name: 'default' },
    priorityClass: { create: false }, podDisruptionBudget: { enabled: false }, topologySpreadConstraints: [],
    podSecurityContext: null, securityContext: null, resources: null,
  },
  'everything': {
    replicaCount: 3,
    image: { registry: 'registry.example.com:5000', repository: 'a/b', tag: 'c', digest: `sha256:${'0'.repeat(64)}`, pullPolicy: 'Always' },
    imagePullSecrets: [{ name: 'registry' }],
    commonLabels: { team: 'web', 'example.com/part': 'x' }, commonAnnotations: { 'example.com/note': 'of all' },
    crds: { install: true, keep: false },
    serviceAccount: { name: 'other', annotations: { 'example.com/role': 'arn:x' } },
    certificates: { secretName: 'mine' },
    webhook: { namespaceSelector: {
      matchLabels: { team: 'web' }, matchExpressions: [{ key: 'stage', operator: 'NotIn', values: ['test', 'dev'] }],
    } },
    ports: { webhook: 10_250 }, logLevel: 'debug', drain: 25, distributorMetrics: true,
    extraEnv: [{ name: 'NODE_EXTRA_CA_CERTS', value: '/x' }, { name: 'NODE', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } }],
    extraArgs: ['--host', '0.0.0.0'],
    podLabels: { 'example.com/inject': 'false' }, podAnnotations: { 'example.com/number': '1' },
    priorityClass: { create: true, name: 'placement', value: 5 },
    nodeSelector: { 'kubernetes.io/os': 'linux' }, tolerations: [{ key: 'infra', operator: 'Exists' }],
    affinity: { nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [
      { weight: 1, preference: { matchExpressions: [{ key: 'type', operator: 'In', values: ['default'] }] } },
    ] } },
    topologySpreadConstraints: [{
      topologyKey: 'rack', maxSkew: 2, whenUnsatisfiable: 'DoNotSchedule',
      labelSelector: { matchLabels: { 'app.kubernetes.io/name': 'versprei' } },
    }],
    strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '50%', maxUnavailable: 1 } },
    podDisruptionBudget: { maxUnavailable: '50%' }, service: { annotations: { 'example.com/a': 'b' } },
    networkPolicy: {
      enabled: true, metricsFrom: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'monitoring' } } }],
      egress: { enabled: true, apiServer: [{ ipBlock: { cidr: '192.0.2.1/32' } }], apiServerPorts: [6443] },
    },
    metrics: {
      service: { enabled: true, annotations: { 'prometheus.io/scrape': 'true' } },
      serviceMonitor: { enabled: true, interval: '15s', labels: { release: 'prometheus' } },
      prometheusRule: { enabled: true, labels: { release: 'prometheus' }, alertLabels: { team: 'platform' } },
      dashboard: { enabled: true, annotations: { grafana_folder: 'Versprei' } },
    },
  },
}

/** Values that the chart refuses, and what it says. */
export const badValues: readonly { readonly name: string, readonly values: Values, readonly says: RegExp }[] = [
  { name: 'a value that there is not', values: { replicas: 3 }, says: /additional properties 'replicas' not allowed/u },
  {
    name: 'one below another that there is not', says: /'\/image'.*additional properties 'name' not allowed/u,
    values: { image: { name: 'x' } },
  },
  { name: 'a number in words', values: { replicaCount: 'two' }, says: /'\/replicaCount': got string, want integer/u },
  { name: 'no replica', values: { replicaCount: 0 }, says: /'\/replicaCount': minimum: got 0, want 1/u },
  { name: 'a switch in words', values: { adoption: { enabled: 'off' } }, says: /'\/adoption\/enabled': got string, want boolean/u },
  { name: 'a log level that there is not', values: { logLevel: 'loud' }, says: /'\/logLevel': value must be one of 'trace'/u },
  { name: 'a port that is none', values: { ports: { webhook: 70_000 } }, says: /'\/ports\/webhook': maximum: got 70,?000, want 65,?535/u },
  {
    name: 'one port for two', says: /ports: webhook, metrics and peers are 9090, 9090, 8444; each needs a port of its own/u,
    values: { ports: { webhook: 9090 } },
  },
  { name: 'the kubelet\'s port', values: { hostNetwork: true, ports: { webhook: 10_250 } }, says: /10250 is the kubelet's on every node/u },
  {
    name: 'a digest that is cut', says: /'\/image\/digest': 'sha256:12' does not match pattern/u,
    values: { image: { digest: 'sha256:12' } },
  },
  {
    name: 'a selector with an operator that there is not',
    says: /'\/webhook\/namespaceSelector\/matchExpressions\/0\/operator': value must be one of 'In'/u,
    values: { webhook: { namespaceSelector: { matchExpressions: [{ key: 'a', operator: 'Gt' }] } } },
  },
  {
    name: 'a selector that is none', says: /additional properties 'team' not allowed/u,
    values: { webhook: { namespaceSelector: { team: 'web' } } },
  },
  {
    name: 'names without an authority', says: /webhook\.callers: names count only in certificates that are asked for/u,
    values: { webhook: { callers: { names: ['api-server'] } } },
  },
  {
    name: 'two names in one', says: /'\/webhook\/callers\/names\/0': 'a,b' does not match pattern/u,
    values: { webhook: { callers: { configMap: 'callers', names: ['a,b'] } } },
  },
  {
    name: 'a variable that a value sets', says: /extraEnv: VERSPREI_PORT is set by a value of this chart already/u,
    values: { extraEnv: [{ name: 'VERSPREI_PORT', value: '1' }] },
  },
  {
    name: 'a flag that a value sets', says: /extraArgs: --metrics-port is set by a value of this chart already/u,
    values: { extraArgs: ['--metrics-port', '9999'] },
  },
  {
    name: 'one with its value in one word', says: /extraArgs: --port is set by a value of this chart already/u,
    values: { extraArgs: ['--host', '0.0.0.0', '--port=9999'] },
  },
  {
    name: 'an issuer without a name', says: /'\/certificates\/certManager\/issuerRef': missing property 'name'/u,
    values: { certificates: { certManager: { enabled: true, issuerRef: { kind: 'ClusterIssuer' } } } },
  },
  {
    name: 'one with an empty name', says: /'\/certificates\/certManager\/issuerRef\/name': minLength: got 0, want 1/u,
    values: { certificates: { certManager: { enabled: true, issuerRef: { name: '' } } } },
  },
  {
    name: 'one Secret for two authorities', says: /the two would overwrite each other/u,
    values: { certificates: { secretName: 'a', certManager: { enabled: true, secretName: 'a' } } },
  },
  { name: 'a class above the highest', values: { priorityClass: { value: 2_000_000_000 } }, says: /'\/priorityClass\/value': maximum/u },
  { name: 'a label that is none', values: { podLabels: { 'a b': 'c' } }, says: /'\/podLabels': additional properties 'a b' not allowed/u },
  { name: 'a drain that never ends', values: { drain: 4000 }, says: /'\/drain': maximum: got 4,?000, want 3,?600/u },
]
