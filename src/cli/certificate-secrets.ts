import { peersFolder } from '../certificates/peers.ts'
import type { Connection } from '../cluster/connection.ts'
import { createCertificateSecret, type CertificateSecret } from '../controllers/certificate-secret.ts'
import type { Configuration } from './configuration.ts'

/** The Secrets by which replicas share their certificates. */
export interface CertificateSecrets {
  /** Of the server that the API server calls. */
  readonly serving: CertificateSecret
  /** Of what replicas say to each other. */
  readonly peers: CertificateSecret
}

/** Undefined where each replica's folder is its own, or shared in another way. */
export function openSecrets(
  { certificates, certificateSecret }: Configuration, connection: Connection | undefined, namespace: string | undefined,
  mayWrite: () => boolean,
): CertificateSecrets | undefined {
  if (certificateSecret === undefined || connection === undefined || namespace === undefined) return undefined
  const open = (name: string, folder: string) => createCertificateSecret({ connection, namespace, name, folder, mayWrite })
  return { serving: open(certificateSecret, certificates), peers: open(peersSecret(certificateSecret), peersFolder(certificates)) }
}

/** A Secret of its own: who may read the one that the API server's trust hangs on is no replica yet. */
export const peersSecret = (certificateSecret: string): string => `${certificateSecret}-peers`
