import type { Logger } from 'pino'
import { message } from '../cluster/cluster-error.ts'
import type { CertificateSecret } from './certificate-secret.ts'

export interface SharingOptions {
  /** By name. */
  readonly secrets: Readonly<Record<string, Pick<CertificateSecret, 'sync'>>>
  readonly log: Pick<Logger, 'info' | 'error'>
  /** Calls `task` every so many milliseconds until what it returns is called. */
  readonly repeat: (task: () => void, milliseconds: number) => () => void
}

/** Milliseconds: a Secret that someone deletes or tears is whole again well within half a minute. */
const every = 10_000

export interface Sharing {
  /** Looks now; resolves when that is done. Never rejects. */
  readonly look: () => Promise<void>
  readonly stop: () => void
}

/** Keeps folders of certificates and their Secrets alike, from now on. A trouble is told once while it lasts. */
export function shareCertificates({ secrets, log, repeat }: SharingOptions): Sharing {
  const troubles = new Map<string, string>()
  const lookAt = async (secret: string): Promise<void> => {
    try {
      const done = await secrets[secret]?.sync()
      troubles.delete(secret)
      if (done === 'taken') log.info({ secret }, 'took the certificates of the Secret')
      if (done === 'given') log.info({ secret }, 'wrote the certificates into the Secret')
    } catch (error) {
      if (troubles.get(secret) !== message(error)) {
        log.error({ err: error, secret }, `certificates are not shared: ${message(error)}; trying again`)
      }
      troubles.set(secret, message(error))
    }
  }
  let underWay: Promise<void> | undefined
  const look = (): Promise<void> => {
    underWay ??= Promise.all(Object.keys(secrets).map(lookAt)).then(() => undefined).finally(() => {
      underWay = undefined
    })
    return underWay
  }
  return { look, stop: repeat(() => void look(), every) }
}
