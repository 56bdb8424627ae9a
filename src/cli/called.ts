import { asMap } from '../placement/is-map.ts'

/** Where the API server calls, as our entry says it. */
export type Called =
  | { readonly kind: 'url', readonly url: string, readonly caBundle: string | undefined }
  | {
    readonly kind: 'service', readonly namespace: string, readonly name: string, readonly port: number, readonly path: string,
    readonly caBundle: string | undefined,
  }

/** Undefined where there is no entry, or one that says nothing of the kind. */
export function calledBy(entry: Readonly<Record<string, unknown>> | undefined): Called | undefined {
  const { url, service, caBundle } = asMap(entry?.['clientConfig'])
  const bundle = typeof caBundle === 'string' && caBundle !== '' ? Buffer.from(caBundle, 'base64').toString() : undefined
  if (typeof url === 'string') return { kind: 'url', url, caBundle: bundle }
  const { namespace, name, port, path } = asMap(service)
  if (typeof namespace !== 'string' || typeof name !== 'string') return undefined
  // What the API server takes where the entry does not say.
  const [atPort, atPath] = [typeof port === 'number' ? port : 443, typeof path === 'string' ? path : '/']
  return { kind: 'service', namespace, name, port: atPort, path: atPath, caBundle: bundle }
}

/** The namespace of the Service that is called: that is Versprei's own. Undefined where none is. */
export function namespaceOf(called: Called | undefined): string | undefined {
  return called?.kind === 'service' ? called.namespace : undefined
}
