import { join } from 'node:path'
import { renewCertificates } from './folder.ts'
import { isGood } from './life.ts'
import { fileNames, readPair, type CertificatePair } from './pair.ts'
import { serving, type Purpose } from './purpose.ts'

export interface FollowOptions {
  readonly folder: string
  /** What a leaf of our own making is to be good for when it is renewed. */
  readonly hosts: readonly string[]
  /** What it is to be for; absent: for the server that the API server calls. */
  readonly purpose?: Purpose
  readonly now: () => Date
  /** Called with each new pair, once. When it throws, that is a trouble, and the following goes on. */
  readonly onChange: (pair: CertificatePair) => void | Promise<void>
  /** Called once for each trouble, until it is over. */
  readonly onTrouble: (trouble: Error) => void
  /** Milliseconds between two looks; 5,000 when absent. */
  readonly every?: number
  /** Calls `task` every so many milliseconds until what it returns is called, as setInterval and clearInterval do. */
  readonly repeat: (task: () => void, milliseconds: number) => () => void
}

export interface FollowedCertificates {
  /** The last good pair. */
  readonly current: CertificatePair
  /** Looks now; resolves when that is done. Never rejects. */
  check(): Promise<void>
  stop(): void
}

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)))

const isSame = (one: CertificatePair, other: CertificatePair): boolean =>
  one.cert === other.cert && one.key === other.key && one.ca === other.ca

/** Tells of each trouble once while it lasts; what is told after each look is all that is wrong then. */
function createTroubleTeller(onTrouble: (trouble: Error) => void): ((troubles: readonly Error[]) => void) {
  let standing: ReadonlySet<string> = new Set()
  return troubles => {
    const news = troubles.filter(({ message }) => !standing.has(message))
    standing = new Set(troubles.map(({ message }) => message))
    for (const trouble of news) {
      try {
        onTrouble(trouble)
      } catch {
        // There is no one left to tell; certificates are followed all the same.
      }
    }
  }
}

/** One more try at once: files that are being swapped are a pair again a moment later, and that is no trouble. */
const readTwice = async (folder: string): Promise<CertificatePair> => readPair(folder).catch(() => readPair(folder))

async function look(
  { folder, hosts, purpose = serving, now }: FollowOptions,
  current: CertificatePair
): Promise<{ readonly pair: CertificatePair, readonly troubles: readonly Error[] }> {
  const troubles: Error[] = []
  let pair = current
  try {
    pair = await readTwice(folder)
    // Only a whole pair is renewed: what is torn may be in someone's hands.
    const made = await renewCertificates(folder, { hosts, purpose, now: now() }).catch((error: unknown) => {
      troubles.push(asError(error))
      return []
    })
    if (made.length > 0) pair = await readTwice(folder)
    if (pair.ca === undefined && current.ca !== undefined) {
      throw new Error(`${join(folder, fileNames.authority)}: is gone; without it the caBundle for this pair is not known`)
    }
  } catch (error) {
    troubles.push(asError(error))
    pair = current
  }
  if (!isGood(pair, now())) {
    const life = `${pair.notBefore.toISOString()} to ${pair.notAfter.toISOString()}`
    troubles.push(new Error(`${join(folder, fileNames.certificate)}: is good from ${life}, which is not now; clients refuse it`))
  }
  return { pair, troubles }
}

/**
 * Reads the pair in a folder, then looks again every few seconds, renews what is ours when it is due, and calls `onChange` with each new
 * pair. A torn or mismatched pair is told to `onTrouble` and the old one stays. Throws when there is no whole pair to begin with.
 *
 * It reads the files instead of watching them: a mounted Secret is a symlink `..data` that the kubelet swaps, so that the files themselves
 * never see an event; network file systems send none; and the dates need a look at the wall clock anyway, for timers stand still while a
 * machine sleeps.
 */
export async function followCertificates(options: FollowOptions): Promise<FollowedCertificates> {
  let current = await readTwice(options.folder)
  const tell = createTroubleTeller(options.onTrouble)
  let running: Promise<void> | undefined
  let isStopped = false

  const lookOnce = async (): Promise<void> => {
    const { pair, troubles } = await look(options, current)
    if (isStopped) return
    const isNew = !isSame(pair, current)
    current = pair
    try {
      if (isNew) await options.onChange(pair)
      tell(troubles)
    } catch (cause) {
      tell([...troubles, new Error(`${options.folder}: the new pair was not taken up (${asError(cause).message})`, { cause })])
    }
  }
  const check = (): Promise<void> => {
    running ??= lookOnce().finally(() => {
      running = undefined
    })
    return running
  }
  const cancel = options.repeat(() => void check(), options.every ?? 5000)
  return {
    get current() {
      return current
    },
    check,
    stop() {
      isStopped = true
      cancel()
    }
  }
}
