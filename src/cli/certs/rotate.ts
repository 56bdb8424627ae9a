import { readFiles, writeFiles, type CertificateFiles } from '../../certificates/files.ts'
import { fileNames } from '../../certificates/pair.ts'
import { peerPurpose, peersFolder } from '../../certificates/peers.ts'
import { serving } from '../../certificates/purpose.ts'
import {
  announceAuthority, dropAuthorities, rotationOf, switchLeaf, type Rotation, type RotationWish,
} from '../../certificates/rotation.ts'
import type { Environment } from '../configuration.ts'
import { messageOf } from '../message-of.ts'
import type { CertsIo } from './certs.ts'
import type { RotateFlags } from './rotate-flags.ts'
import { rotateSecret } from './rotate-secret.ts'

export interface RotateIo extends CertsIo {
  readonly environment: Environment
}

/**
 * `versprei certs rotate`: replaces the authority, by a new key, so that nobody ever meets a certificate that they do not trust. Returns
 * the exit code: 2 when the flags do not go together, or the cluster cannot be reached; 1 when there is nothing of ours to rotate, or it
 * is not done in time.
 */
export async function rotate(flags: RotateFlags, io: RotateIo): Promise<number> {
  const { certificates, certificateSecret, confirm } = flags
  const fail = (code: number, text: string): number => {
    io.stderr(`versprei certs rotate: ${text}\n`)
    return code
  }
  if ((certificates === undefined) === (certificateSecret === undefined)) {
    return fail(2, 'give either --certificate-secret NAME, for replicas in a cluster, or --certificates DIR')
  }
  if (certificateSecret !== undefined && confirm !== undefined) {
    return fail(2, '--confirm is for a folder; in a cluster the replicas find out for themselves')
  }
  const wish = (): RotationWish => ({ now: io.now(), purpose: flags.peers === true ? peerPurpose : serving, hosts: [] })
  try {
    return await (certificates === undefined
      ? rotateSecret(flags, wish, io)
      : rotateFolder(flags.peers === true ? peersFolder(certificates) : certificates, confirm, wish(), io))
  } catch (error) {
    return fail(1, messageOf(error))
  }
}

const remains: Readonly<Record<Rotation['step'], string>> = {
  none: 'nothing remains to be done',
  announced: 'a `versprei serve` that leads with this folder, in a cluster, goes on by itself. Without one: have all that connect trust '
    + 'both (the caBundle of a webhook is what is printed here), then run this again with --confirm trusted',
  switched: 'a `versprei serve` that leads with this folder, in a cluster, goes on by itself. Without one: once every server serves the '
    + 'new certificate (within 5 s of reading this folder), run this again with --confirm served',
}

/** The next files, where the user vouches for what the next step needs; undefined: that is to be waited for. */
async function advance(
  files: CertificateFiles, rotation: Rotation, confirm: RotateFlags['confirm'], wish: RotationWish,
): Promise<{ readonly files: CertificateFiles, readonly done: string } | undefined> {
  if (rotation.step === 'none') {
    if (confirm !== undefined) {
      throw new Error(`there is no change under way that --confirm ${confirm} could be said of; begin one without it`)
    }
    return { files: await announceAuthority(files, wish), done: 'a new authority stands beside the present one in ca.crt' }
  }
  if (rotation.step === 'announced' && confirm === 'trusted') {
    return { files: await switchLeaf(files, wish), done: 'tls.crt and tls.key are new, by the new authority; ca.crt holds both still' }
  }
  if (rotation.step === 'switched' && confirm === 'served') {
    return { files: dropAuthorities(files, rotation.old), done: 'the old authority is gone from ca.crt' }
  }
  if (rotation.step === 'announced' && confirm === 'served') {
    throw new Error('no server serves a new certificate yet: that both are trusted comes first (--confirm trusted)')
  }
  return undefined
}

async function rotateFolder(folder: string, confirm: RotateFlags['confirm'], wish: RotationWish, io: CertsIo): Promise<number> {
  const files = await readFiles(folder)
  if (files === undefined) {
    const { certificate, key, authority } = fileNames
    throw new Error(`${folder}: holds no whole ${certificate}, ${key} and ${authority}; \`versprei certs\` makes them`)
  }
  const next = await advance(files, rotationOf(files, wish.purpose), confirm, wish).catch((cause: unknown) => {
    throw new Error(`${folder}: ${messageOf(cause)}`, { cause })
  })
  if (next !== undefined) await writeFiles(folder, next.files)
  const now = next?.files ?? files
  io.stderr(`${folder}: ${next?.done ?? 'nothing was changed'}; ${remains[rotationOf(now, wish.purpose).step]}\n`)
  io.stdout(`${Buffer.from(now[fileNames.authority] ?? '').toString('base64')}\n`)
  return 0
}
