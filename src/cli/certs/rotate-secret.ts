import { setTimeout } from 'node:timers/promises'
import { announceAuthority, rotationOf, type Rotation, type RotationWish } from '../../certificates/rotation.ts'
import { ClusterError } from '../../cluster/cluster-error.ts'
import { usualNamespace } from '../../controllers/installed-names.ts'
import { openSecretFiles, type SecretFiles } from '../../controllers/secret-files.ts'
import { peersSecret } from '../certificate-secrets.ts'
import type { Environment } from '../configuration.ts'
import { messageOf } from '../message-of.ts'
import { openConnection } from '../open-connection.ts'
import { defaultTimeout, type SecretRotation } from './rotate-flags.ts'

interface Io {
  readonly environment: Environment
  readonly stderr: (text: string) => void
}

const lookEvery = 1000

const said: Readonly<Record<Rotation['step'], string>> = {
  announced: 'a new authority stands beside the present one; waiting until all that connect trust both',
  switched: 'the certificate is made anew by the new authority; waiting until every replica serves it, and the old authority is dropped',
  none: 'done: the old authority is gone',
}

/** What to look at when a step is not over. */
const hints: Readonly<Record<Rotation['step'], string>> = {
  announced: 'does a replica run, lead, and reach the API server? Its log tells of a MutatingWebhookConfiguration that it cannot write, '
    + 'and replicas of an earlier version do not say what they trust',
  switched: 'does every replica run, and read the Secret? Their logs tell',
  none: '',
}

async function wait(secret: SecretFiles, where: string, { purpose }: RotationWish, limit: number, stderr: Io['stderr']): Promise<number> {
  let last: Rotation['step'] | undefined
  const until = performance.now() + limit
  for (;;) {
    const files = (await secret.read())?.files
    // One that is torn is mended by the leader, and the change is what it was.
    const step = files === undefined ? last : rotationOf(files, purpose).step
    if (step !== undefined && step !== last) stderr(`${where}: ${said[step]}\n`)
    if (step === 'none') return 0
    last = step
    if (performance.now() >= until) {
      const hint = step === undefined ? 'it is gone, or holds no whole pair' : hints[step]
      const late = `${where}: not done within ${limit / 1000} s: ${hint}`
      stderr(`versprei certs rotate: ${late}. The replicas go on with it by themselves; run this again to watch them\n`)
      return 1
    }
    await setTimeout(lookEvery)
  }
}

/** How often it is looked again where another writes the Secret at the same moment. */
const tries = 5

async function announce(secret: SecretFiles, where: string, wish: RotationWish, left = tries): Promise<void> {
  const there = await secret.read()
  if (there?.files === undefined) {
    throw new Error(`${where}: is not there, or holds no whole tls.crt, tls.key and ca.crt; the first replica makes it`)
  }
  // One that is under way is not begun again.
  if (rotationOf(there.files, wish.purpose).step !== 'none') return
  const files = await announceAuthority(there.files, wish).catch((cause: unknown) => {
    throw new Error(`${where}: ${messageOf(cause)}`, { cause })
  })
  if (await secret.write(there, files)) return
  if (left === 1) throw new Error(`${where}: others wrote it ${tries} times in a row; try again`)
  await announce(secret, where, wish, left - 1)
}

/**
 * Asks the replicas that share a Secret to change to another authority, by putting that into the Secret, and waits until they have. Returns
 * 0, or 1 when they have not in time, or 2 where there is no cluster. Throws an Error when there is nothing that could be changed.
 */
export async function rotateSecret(flags: SecretRotation, wish: () => RotationWish, { environment, stderr }: Io): Promise<number> {
  const { certificateSecret = '', namespace = usualNamespace, timeout = defaultTimeout } = flags
  const name = flags.peers === true ? peersSecret(certificateSecret) : certificateSecret
  const where = `Secret ${namespace}/${name}`
  const connection = await openConnection(flags, environment)
  if ('mistakes' in connection) {
    for (const mistake of connection.mistakes) stderr(`versprei certs rotate: ${mistake}\n`)
    return 2
  }
  try {
    const secret = openSecretFiles({ connection, namespace, name })
    await announce(secret, where, wish())
    return await wait(secret, where, wish(), timeout * 1000, stderr)
  } catch (error) {
    if (!(error instanceof ClusterError)) throw error
    stderr(`versprei certs rotate: ${messageOf(error)}\n`)
    return error.status === undefined || error.status === 401 || error.status === 403 ? 2 : 1
  } finally {
    await connection.close()
  }
}
