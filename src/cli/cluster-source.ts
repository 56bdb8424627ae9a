import { inClusterServer, type Source } from '../cluster/source.ts'
import type { Environment } from './configuration.ts'

/** Where to look for the cluster, from flags and the environment that every pod and every kubectl user has. */
export function sourceOf(
  { kubeconfig, context }: { readonly kubeconfig?: string | undefined, readonly context?: string | undefined }, environment: Environment,
): Source {
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port, HOME: home } = environment
  return {
    ...(kubeconfig === undefined || kubeconfig === '' ? {} : { kubeconfig }),
    ...(context === undefined ? {} : { context }),
    ...(host === undefined || port === undefined ? {} : { inCluster: { server: inClusterServer(host, port) } }),
    ...(home === undefined ? {} : { home }),
  }
}
