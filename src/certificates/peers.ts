import type { X509Certificate } from 'node:crypto'
import { join } from 'node:path'
import { parseCertificates } from './chain.ts'
import { ensureCertificates, type Outcome } from './folder.ts'
import { followCertificates, type FollowedCertificates, type FollowOptions } from './follow.ts'
import { fileNames, readPair } from './pair.ts'
import { clientAuth, isFor, serverAuth, type Purpose } from './purpose.ts'

/**
 * The one name in a replica's certificate, which its clients ask for as the server name. It is looked up nowhere: addresses of pods come
 * and go, and a certificate with them in it would have to be made again each time.
 */
export const peerName = 'peer.versprei.io'

/**
 * The extended key usage "a replica of Versprei": c4fe0021-9fe6-49ad-9284-91a5c9e95eba, a random UUID as an object identifier
 * (ITU-T X.667: 2.25, then its 128 bits as one number). No other certificate has it, so that none other may forward, whoever signed it.
 */
export const peerUsage = '2.25.261847533239927237712218998910501871290'

/** For what replicas say to each other. An authority of its own: who can read the key of the serving one is no replica yet. */
export const peerPurpose: Purpose = { authorityName: 'Versprei peers', usages: [serverAuth, clientAuth, peerUsage] }

/** The folder of the replicas' own certificates, which they share, within the folder of certificates. */
export const peersFolder = (certificates: string): string => join(certificates, 'peers')

/** Whether a certificate says that it is a replica's; that the authority of the peers signed it is for TLS to check. */
export const isPeer = (certificate: X509Certificate): boolean => isFor({ usages: [peerUsage] }, certificate)

/** A pair with which a replica can speak to the others. */
export interface PeerPair {
  readonly cert: string
  readonly key: string
  /** PEM of the authority of the peers. */
  readonly ca: string
}

/** What of a pair is needed. Throws an Error that says what a pair that someone else made lacks. */
export function toPeerPair({ cert, key, ca }: { readonly cert: string, readonly key: string, readonly ca: string | undefined }): PeerPair {
  if (ca === undefined) throw new Error(`${fileNames.authority} of the peers is missing; without it no replica knows the others`)
  const [leaf] = parseCertificates(cert, fileNames.certificate)
  const lacking = peerPurpose.usages.filter(usage => !isFor({ usages: [usage] }, leaf))
  if (lacking.length > 0) throw new Error(`${fileNames.certificate} of the peers lacks the extended key usages ${lacking.join(', ')}`)
  if (leaf.checkHost(peerName) === undefined) throw new Error(`${fileNames.certificate} of the peers lacks the DNS name ${peerName}`)
  return { cert, key, ca }
}

/**
 * Sees to it that the folder of the peers, within `certificates`, holds what replicas need to speak to each other, as
 * {@link ensureCertificates} does; several may do so at once. Throws an Error that names the folder when it cannot.
 */
export async function ensurePeerCertificates(certificates: string, now: Date): Promise<Outcome> {
  const folder = peersFolder(certificates)
  const outcome = await ensureCertificates(folder, { hosts: [peerName], now, purpose: peerPurpose })
  const pair = await readPair(folder)
  try {
    toPeerPair(pair)
  } catch (cause) {
    throw new Error(`${folder}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
  }
  return outcome
}

export interface FollowPeersOptions extends Omit<FollowOptions, 'folder' | 'hosts' | 'purpose' | 'onChange'> {
  /** The folder of certificates, which holds that of the peers. */
  readonly certificates: string
  /** Called with each new pair, once. When it throws, that is a trouble, and the following goes on. */
  readonly onChange: (pair: PeerPair) => void | Promise<void>
}

/** Follows and renews the certificates of the peers, as {@link followCertificates} does. A pair that no peer would take is a trouble. */
export const followPeerCertificates = ({ certificates, onChange, ...options }: FollowPeersOptions): Promise<FollowedCertificates> =>
  followCertificates({
    ...options, folder: peersFolder(certificates), hosts: [peerName], purpose: peerPurpose, onChange: pair => onChange(toPeerPair(pair))
  })
