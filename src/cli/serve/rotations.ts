import { X509Certificate } from 'node:crypto'
import type { Logger } from 'pino'
import { readFiles, writeFiles } from '../../certificates/files.ts'
import { peerName, peerPurpose, peersFolder } from '../../certificates/peers.ts'
import { serving as servingPurpose, type Purpose } from '../../certificates/purpose.ts'
import type { CertificateSecret } from '../../controllers/certificate-secret.ts'
import { carryRotation, type RotationFiles } from '../../controllers/rotation.ts'
import type { CertificateSecrets } from '../certificate-secrets.ts'
import { repeat } from './repeat.ts'
import type { Serving } from './serving.ts'

export interface RotationsOptions {
  /** The folder of certificates. */
  readonly folder: string
  /** Undefined where replicas share the folder itself. */
  readonly secrets: CertificateSecrets | undefined
  readonly serving: Serving
  /** What the certificate that is served is to be good for. */
  readonly hosts: readonly string[]
  readonly log: Logger
  /** Looks how it is registered, and mends that. */
  readonly checkRegistration: () => Promise<void>
}

/** The files of a folder, changed in the Secret that it is a copy of, where there is one. */
function filesOf(folder: string, secret: CertificateSecret | undefined): RotationFiles {
  const read = (): ReturnType<typeof readFiles> => readFiles(folder)
  return {
    read,
    change: secret?.change ?? (async make => {
      const there = await read()
      const files = there && await make(there)
      if (files !== undefined) await writeFiles(folder, files)
      return files !== undefined
    }),
  }
}

const wishOf = (purpose: Purpose, hosts: readonly string[]) => () => ({ now: new Date(), purpose, hosts })

/** Carries changes of either authority through while this replica leads, until what it returns is called. */
export function carryRotations({ folder, secrets, serving, hosts, log, checkRegistration }: RotationsOptions): () => void {
  const { state, trustedPair } = serving
  const shared = { isLeading: () => !state.draining && state.peers.lead.mayWrite(), elapsed: () => performance.now(), log, repeat }
  const allHold = (fingerprint: string): boolean => state.peers.lead.allHold(fingerprint)
  const isHeldByAll = (fingerprint: string): boolean => state.peers.holds().includes(fingerprint) && allHold(fingerprint)
  const stops = [
    carryRotation({
      ...shared, ...filesOf(folder, secrets?.serving), name: 'serving', wish: wishOf(servingPurpose, hosts),
      isTrusted: authority => trustedPair.trustedFor(authority) > 0,
      isServed: leaf => trustedPair.served().fingerprint === leaf && allHold(leaf),
      async forget(old) {
        trustedPair.drop(old)
        await checkRegistration()
        return old.every(trustedPair.isForgotten)
      },
    }),
    carryRotation({
      ...shared, ...filesOf(peersFolder(folder), secrets?.peers), name: 'peers', wish: wishOf(peerPurpose, [peerName]),
      isTrusted: authority => isHeldByAll(new X509Certificate(authority).fingerprint256),
      isServed: isHeldByAll,
      forget: () => Promise.resolve(true),
    }),
  ]
  return () => {
    for (const stop of stops) stop()
  }
}
