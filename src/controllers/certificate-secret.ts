import { areSame, pickWhole, readFiles, withoutFiles, writeFiles, type CertificateFiles } from '../certificates/files.ts'
import { ClusterError } from '../cluster/cluster-error.ts'
import type { Connection } from '../cluster/connection.ts'
import { asMap } from '../placement/is-map.ts'

/** Where a Secret is: metadata.namespace and metadata.name. */
export interface SecretName {
  readonly namespace: string
  readonly name: string
}

export interface CertificateSecretOptions extends SecretName {
  readonly connection: Pick<Connection, 'request'>
  /** The folder whose files are shared, this replica's alone. */
  readonly folder: string
  /** Whether this replica may write the Secret. */
  readonly mayWrite: () => boolean
}

/**
 * What a look came to. same: there was nothing to do. taken: the folder has what the Secret holds. given: the Secret has what the
 * folder holds. withheld: it should have, and another replica is to see to it.
 */
export type Shared = 'same' | 'taken' | 'given' | 'withheld'

/** A folder of certificates that replicas share by a Secret, each with a folder of its own. */
export interface CertificateSecret {
  /**
   * Looks once, and takes over what has changed: in the Secret, which comes first; or else in the folder. A Secret that is missing, empty or
   * torn gets what the folder holds. Throws an Error that names the Secret, or the file, that could not be read or written.
   */
  readonly sync: () => Promise<Shared>
  /**
   * Before it is served from: `make` is called to bring the folder up to date, and what it made is shared. Of several replicas that do
   * so at once the first gives what it made, and the others take that.
   */
  readonly settle: (make: () => Promise<unknown>) => Promise<void>
}

/** How often one look begins anew when others write at the same time. */
const tries = 5

interface Seen {
  readonly object: Readonly<Record<string, unknown>>
  readonly files: CertificateFiles | undefined
}

function createStore({ connection, namespace, name }: SecretName & Pick<CertificateSecretOptions, 'connection'>) {
  const all = `/api/v1/namespaces/${encodeURIComponent(namespace)}/secrets`
  const one = `${all}/${encodeURIComponent(name)}`
  return {
    async read(): Promise<Seen | undefined> {
      const object = await unless([404], async () => asMap(await (await connection.request(one)).json()))
      return object && { object, files: pickWhole(decoded(asMap(object['data']))) }
    },
    /** Over what was seen, or anew; what else the Secret holds stays. Resolves with false when another was faster. */
    async write(over: Seen | undefined, files: CertificateFiles): Promise<boolean> {
      const data = { ...withoutFiles(asMap(over?.object['data'])), ...encoded(files) }
      const answer = over === undefined
        ? unless([409], async () => connection.request(all, { method: 'POST', body: { ...fresh({ namespace, name }), data } }))
        : unless([404, 409], async () => connection.request(one, { method: 'PUT', body: { ...over.object, data } }))
      return await (await answer)?.json() !== undefined
    },
  }
}

export function createCertificateSecret(options: CertificateSecretOptions): CertificateSecret {
  const { namespace, name, folder, mayWrite } = options
  const store = createStore(options)
  /** What both sides held after the last look. */
  let shared: CertificateFiles | undefined

  const look = async (): Promise<Shared | undefined> => {
    const [theirs, ours] = await Promise.all([store.read(), readFiles(folder)])
    if (theirs?.files !== undefined && !areSame(theirs.files, shared)) {
      if (!areSame(theirs.files, ours)) await writeFiles(folder, theirs.files)
      shared = theirs.files
      return areSame(theirs.files, ours) ? 'same' : 'taken'
    }
    if (ours === undefined) {
      if (shared === undefined) return 'same'
      await writeFiles(folder, shared)
      return 'taken'
    }
    if (areSame(ours, theirs?.files)) return 'same'
    if (!mayWrite()) return 'withheld'
    if (!await store.write(theirs, ours)) return undefined
    shared = ours
    return 'given'
  }
  const sync = async (): Promise<Shared> => {
    for (let n = 0; n < tries; n += 1) {
      const done = await look()
      if (done !== undefined) return done
    }
    throw new Error(`Secret ${namespace}/${name}: others wrote it ${tries} times in a row`)
  }
  return {
    sync,
    async settle(make) {
      await sync()
      for (let n = 0; n < tries; n += 1) {
        await make()
        if (await sync() !== 'taken') return
      }
      throw new Error(`Secret ${namespace}/${name}: others replaced ${tries} times in a row what it held`)
    },
  }
}

/** Undefined for an answer that says the Secret is not as it was thought to be. */
async function unless<T>(statuses: readonly number[], ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask()
  } catch (error) {
    if (error instanceof ClusterError && statuses.includes(error.status ?? 0)) return undefined
    throw error
  }
}

function fresh({ namespace, name }: SecretName): object {
  return { apiVersion: 'v1', kind: 'Secret', type: 'kubernetes.io/tls', metadata: { namespace, name, labels: { 'app.kubernetes.io/name': 'versprei' } } }
}

function decoded(data: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, typeof value === 'string' ? Buffer.from(value, 'base64').toString() : '']))
}

function encoded(files: CertificateFiles): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(files).map(([key, text]) => [key, Buffer.from(text).toString('base64')]))
}
