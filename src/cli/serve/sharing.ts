import type { Logger } from 'pino'
import { shareCertificates, type Sharing } from '../../controllers/share-certificates.ts'
import { openSecrets, peersSecret } from '../certificate-secrets.ts'
import type { Configuration } from '../configuration.ts'
import type { Prepared } from './prepare.ts'
import { repeat } from './repeat.ts'
import { carryRotations } from './rotations.ts'
import type { Serving } from './serving.ts'

/**
 * Keeps the certificates those of all replicas: the leader writes them, the others take what it wrote; and carries the change to another
 * authority through.
 *
 * @param checkRegistration looks how it is registered, and mends that
 */
export function keepShared(
  configuration: Configuration, { connection, leaseNamespace, hosts }: Prepared, serving: Serving, log: Logger,
  checkRegistration: () => Promise<void>,
): Sharing {
  const { state, certificates } = serving
  const { certificates: folder, certificateSecret: name = '' } = configuration
  const secrets = openSecrets(configuration, connection, leaseNamespace, () => state.peers.lead.mayWrite())
  const sharing = secrets && shareCertificates({ secrets: { [name]: secrets.serving, [peersSecret(name)]: secrets.peers }, log, repeat })
  const stopRotations = carryRotations({ folder, secrets, serving, hosts, log, checkRegistration })
  return {
    async look() {
      await sharing?.look()
      await certificates.check()
    },
    stop() {
      sharing?.stop()
      stopRotations()
    },
  }
}
