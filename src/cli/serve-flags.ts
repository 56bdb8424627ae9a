/** A flag of `versprei serve`; its environment variable is VERSPREI_ and the name in capitals. */
export interface Flag {
  readonly name: string
  readonly value: string
  readonly help: string
  readonly default: string | undefined
}

export const serveFlags = [
  { name: 'host', value: 'ADDRESS', default: '::', help: 'address to listen on; :: is every address, IPv4 and IPv6' },
  { name: 'port', value: 'PORT', default: '8443', help: 'port for the API server (HTTPS); 0: any free one' },
  { name: 'metrics-port', value: 'PORT', default: '9090', help: 'port for /healthz, /readyz and /metrics (HTTP); 0: any free one' },
  { name: 'certificates', value: 'DIR', default: 'certs', help: 'folder of tls.crt, tls.key and ca.crt; made at first start when empty' },
  {
    name: 'certificate-secret', value: 'NAME', default: undefined,
    help: 'Secret, in the Lease\'s namespace, by which replicas share what is in --certificates; NAME-peers is made beside it',
  },
  {
    name: 'client-ca', value: 'FILE', default: undefined,
    help: 'PEM of the authorities that sign the API server\'s client certificate; whoever shows none is refused; '
      + 'default: whoever reaches the port may call',
  },
  {
    name: 'client-name', value: 'NAMES', default: undefined,
    help: 'with --client-ca, common names and DNS names, commas between them, of which that certificate has to have one; default: any',
  },
  {
    name: 'kubeconfig', value: 'FILE', default: undefined,
    help: 'how to reach the cluster; default: KUBECONFIG, the pod\'s own cluster, then ~/.kube/config',
  },
  { name: 'context', value: 'NAME', default: undefined, help: 'context of the kubeconfig; default: its current one' },
  {
    name: 'manifests', value: 'DIR', default: undefined,
    help: 'serve without a cluster: read PodDistributors, nodes and pods from a folder of YAML',
  },
  {
    name: 'webhook-url', value: 'URL', default: undefined,
    help: 'where the API server reaches this Versprei when it runs outside the cluster',
  },
  {
    name: 'namespace-selector', value: 'JSON', default: undefined,
    help: 'label selector of the namespaces whose pods are placed; kube-system and Versprei\'s own are never; default: all others',
  },
  {
    name: 'lease-namespace', value: 'NAMESPACE', default: undefined,
    help: 'namespace of the Lease by which replicas agree on a leader; default: the pod\'s own; outside a cluster none, and it leads alone',
  },
  {
    name: 'peer-host', value: 'ADDRESS', default: undefined,
    help: 'address at which the other replicas reach this one; default: --host, or the first of this machine where that is every address',
  },
  { name: 'peer-port', value: 'PORT', default: '8444', help: 'port for the other replicas (mutual TLS); 0: any free one' },
  {
    name: 'adoption', value: 'on|off', default: 'on',
    help: 'whether pods that no admission placed are labelled, and seats renumbered: needs the right to patch pods',
  },
  {
    name: 'distributor-metrics', value: 'on|off', default: 'off',
    help: 'whether /metrics of the leader has series for each PodDistributor',
  },
  { name: 'drain', value: 'SECONDS', default: '10', help: 'how long to answer on after SIGTERM, so that no call is lost' },
  { name: 'log-level', value: 'LEVEL', default: 'info', help: 'trace, debug (one line a decision), info, warn, error, fatal or silent' },
] as const satisfies readonly Flag[]

export type FlagName = typeof serveFlags[number]['name']

export function environmentVariable(flag: string): string {
  return `VERSPREI_${flag.toUpperCase().replaceAll('-', '_')}`
}
