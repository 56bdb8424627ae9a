import { pickWhole, withoutFiles, type CertificateFiles } from '../certificates/files.ts'
import type { Connection } from '../cluster/connection.ts'
import { unless } from '../cluster/unless.ts'
import { asMap } from '../placement/is-map.ts'

/** Where a Secret is: metadata.namespace and metadata.name. */
export interface SecretName {
  readonly namespace: string
  readonly name: string
}

export interface SecretLocation extends SecretName {
  readonly connection: Pick<Connection, 'request'>
}

/** A Secret as it was read. */
export interface SeenSecret {
  readonly object: Readonly<Record<string, unknown>>
  /** The certificates in it; undefined when they are no whole pair. */
  readonly files: CertificateFiles | undefined
}

/** The certificates in a Secret. Each call throws a ClusterError for what the API server refuses. */
export interface SecretFiles {
  /** Undefined when there is no such Secret. */
  readonly read: () => Promise<SeenSecret | undefined>
  /** Over what was seen, or anew; what else the Secret holds stays. Resolves with false when another was faster. */
  readonly write: (over: SeenSecret | undefined, files: CertificateFiles) => Promise<boolean>
}

export function openSecretFiles({ connection, namespace, name }: SecretLocation): SecretFiles {
  const all = `/api/v1/namespaces/${encodeURIComponent(namespace)}/secrets`
  const one = `${all}/${encodeURIComponent(name)}`
  return {
    async read() {
      const answer = await connection.request(one).catch(unless(404))
      if (answer === undefined) return undefined
      const object = asMap(await answer.json())
      return { object, files: pickWhole(decoded(asMap(object['data']))) }
    },
    async write(over, files) {
      const data = { ...withoutFiles(asMap(over?.object['data'])), ...encoded(files) }
      const answer = await (over === undefined
        ? connection.request(all, { method: 'POST', body: { ...fresh({ namespace, name }), data } }).catch(unless(409))
        : connection.request(one, { method: 'PUT', body: { ...over.object, data } }).catch(unless(404, 409)))
      return await answer?.json() !== undefined
    },
  }
}

function fresh({ namespace, name }: SecretName): object {
  const labels = { 'app.kubernetes.io/name': 'versprei' }
  return { apiVersion: 'v1', kind: 'Secret', type: 'kubernetes.io/tls', metadata: { namespace, name, labels } }
}

function decoded(data: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(data).map(([key, value]) =>
    [key, typeof value === 'string' ? Buffer.from(value, 'base64').toString() : '']))
}

function encoded(files: CertificateFiles): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(files).map(([key, text]) => [key, Buffer.from(text).toString('base64')]))
}
