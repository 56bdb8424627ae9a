import { areSame, readFiles, writeFiles, type CertificateFiles } from '../certificates/files.ts'
import { openSecretFiles, type SecretLocation } from './secret-files.ts'

export interface CertificateSecretOptions extends SecretLocation {
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
   * Looks once, and takes over what has changed: in the Secret, which comes first; or else in the folder. A Secret that is missing, empty
   * or torn gets what the folder holds. Throws an Error that names the Secret, or the file, that could not be read or written.
   */
  readonly sync: () => Promise<Shared>
  /**
   * Before it is served from: `make` is called to bring the folder up to date, and what it made is shared. Of several replicas that do
   * so at once the first gives what it made, and the others take that.
   */
  readonly settle: (make: () => Promise<unknown>) => Promise<void>
  /**
   * Replaces what the Secret holds, at once and as a whole, by what `make` makes of it, and takes that over into the folder. Resolves
   * whether that was done: not when `make` gives nothing, the Secret holds no whole pair, or another was faster.
   */
  readonly change: (make: (files: CertificateFiles) => Promise<CertificateFiles | undefined>) => Promise<boolean>
}

/** How often one look begins anew when others write at the same time. */
const tries = 5

/** One job after the other: two looks at once would take each other's files for news. */
function createQueue(): <T>(job: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve()
  return job => {
    const done = last.then(job, job)
    last = done.catch(() => undefined)
    return done
  }
}

export function createCertificateSecret(options: CertificateSecretOptions): CertificateSecret {
  const { namespace, name, folder, mayWrite } = options
  const store = openSecretFiles(options)
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
  const inTurn = createQueue()
  const syncNow = async (): Promise<Shared> => {
    for (let n = 0; n < tries; n += 1) {
      const done = await look()
      if (done !== undefined) return done
    }
    throw new Error(`Secret ${namespace}/${name}: others wrote it ${tries} times in a row`)
  }
  const sync = (): Promise<Shared> => inTurn(syncNow)
  return {
    sync,
    change: make => inTurn(async () => {
      const there = await store.read()
      const files = there?.files && await make(there.files)
      const isDone = files !== undefined && await store.write(there, files)
      if (isDone) await syncNow()
      return isDone
    }),
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
