import type { Logger } from 'pino'
import { message } from '../cluster/cluster-error.ts'
import type { CertificateFiles } from '../certificates/files.ts'
import { dropAuthorities, rotationOf, switchLeaf, type Rotation, type RotationWish } from '../certificates/rotation.ts'

/** Where the files are that all replicas go by. */
export interface RotationFiles {
  readonly read: () => Promise<CertificateFiles | undefined>
  /**
   * Replaces them by what `make` makes of those that are there; undefined: nothing. Resolves whether that was done; another may be faster.
   */
  readonly change: (make: (files: CertificateFiles) => Promise<CertificateFiles | undefined>) => Promise<boolean>
}

export interface RotationOptions extends RotationFiles {
  /** Of what the certificates are, for the log. */
  readonly name: string
  readonly wish: () => RotationWish
  /** Only the leader goes on with it. */
  readonly isLeading: () => boolean
  /** Whether all that connect to a replica are known to trust an authority (PEM), at this moment. */
  readonly isTrusted: (authority: string) => boolean
  /** Whether every replica is known to serve the certificate with this fingerprint, at this moment. */
  readonly isServed: (leaf: string) => boolean
  /** Has those that connect forget old authorities (PEM); resolves whether they have. */
  readonly forget: (old: readonly string[]) => Promise<boolean>
  /** Milliseconds, monotonic. */
  readonly elapsed: () => number
  readonly log: Pick<Logger, 'info' | 'error'>
  /** Calls `task` every so many milliseconds until what it returns is called. */
  readonly repeat: (task: () => void, milliseconds: number) => () => void
}

const every = 2000
/**
 * Milliseconds for which something has to be so, on end, before it is built on. A replica is heard of every 2 s, and one that starts
 * has its certificates from before it is heard of for the first time.
 */
export const steadyFor = 15_000

/** Since when something has been so, on end. */
function createSteady(elapsed: () => number) {
  let [what, since] = ['', 0]
  return {
    is(now: string, isSo: boolean): boolean {
      if (!isSo || what !== now) [what, since] = [isSo ? now : '', elapsed()]
      return isSo && elapsed() - since >= steadyFor
    },
  }
}

/**
 * Carries the change to another authority through, step by step, where one is under way and this replica leads: until what it returns is
 * called. Each step is one change of the files, by which any other leader goes on.
 */
export function carryRotation(options: RotationOptions): () => void {
  const { name, isLeading, log, elapsed, change, wish } = options
  const steady = createSteady(elapsed)
  let trouble: string | undefined

  /** One step, unless another has taken it by now. */
  const take = async (
    step: Rotation['step'], make: (files: CertificateFiles) => Promise<CertificateFiles>, text: string,
  ): Promise<void> => {
    const isDone = await change(async files => (rotationOf(files, wish().purpose).step === step ? make(files) : undefined))
    if (isDone) log.info({ certificates: name }, text)
  }
  const step = async (): Promise<void> => {
    const files = await options.read()
    if (files === undefined) return
    const rotation = rotationOf(files, wish().purpose)
    if (rotation.step === 'announced') {
      if (!steady.is(rotation.next, options.isTrusted(rotation.next)) || !isLeading()) return
      await take(rotation.step, there => switchLeaf(there, wish()),
        'the next authority is trusted by all: the certificate is made anew by it')
    }
    if (rotation.step === 'switched') {
      if (!steady.is(rotation.leaf, options.isServed(rotation.leaf)) || !isLeading()) return
      if (!await options.forget(rotation.old)) return
      const drop = async (there: CertificateFiles): Promise<CertificateFiles> => dropAuthorities(there, rotation.old)
      await take(rotation.step, drop, 'every replica serves the new certificate: the old authority is dropped')
    }
  }
  const look = async (): Promise<void> => {
    if (!isLeading()) {
      steady.is('', false)
      return
    }
    try {
      await step()
      trouble = undefined
    } catch (error) {
      if (trouble !== message(error)) {
        log.error({ err: error, certificates: name }, `the change of the authority does not go on: ${message(error)}; trying again`)
      }
      trouble = message(error)
    }
  }
  let underWay: Promise<void> | undefined
  return options.repeat(() => {
    underWay ??= look().finally(() => {
      underWay = undefined
    })
  }, every)
}
