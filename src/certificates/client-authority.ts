import { readFile } from 'node:fs/promises'
import type { X509Certificate } from 'node:crypto'
import { parseCertificates } from './chain.ts'
import { codeOf, namesOf } from './pair.ts'

/**
 * Reads the authorities that sign clients: PEM. Throws an Error that names the file when that cannot be read, or is no whole PEM of
 * certificates.
 */
export async function readClientAuthorities(file: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new Error(`${file}: cannot be read (${codeOf(cause)})`, { cause })
  })
  parseCertificates(text, file)
  return text
}

export interface FollowAuthoritiesOptions {
  readonly file: string
  /** What is known of it already. */
  readonly initial: string
  /** Called with each new text, once. When it throws, that is a trouble. */
  readonly onChange: (ca: string) => void
  /** Called once for each trouble, until it is over; what was read before holds. */
  readonly onTrouble: (trouble: Error) => void
  /** Calls `task` every so many milliseconds until what it returns is called. */
  readonly repeat: (task: () => void, milliseconds: number) => () => void
}

/** As often as our own certificates are looked at. */
const every = 5000

/** Looks at the file every few seconds (see {@link followCertificates} for why it is not watched), until `stop` is called. */
export function followClientAuthorities(
  { file, initial, onChange, onTrouble, repeat }: FollowAuthoritiesOptions,
): { readonly check: () => Promise<void>, readonly stop: () => void } {
  let current = initial
  let standing: string | undefined
  let isStopped = false
  const look = async (): Promise<void> => {
    try {
      const ca = await readClientAuthorities(file)
      if (!isStopped && ca !== current) {
        onChange(ca)
        current = ca
      }
      standing = undefined
    } catch (error) {
      const trouble = error instanceof Error ? error : new Error(String(error))
      if (isStopped || trouble.message === standing) return
      standing = trouble.message
      onTrouble(trouble)
    }
  }
  const cancel = repeat(() => void look(), every)
  return {
    check: look,
    stop() {
      isStopped = true
      cancel()
    },
  }
}

/** Whether its common name, or one of its DNS names, is one of these; letters count as they are. That it is signed is for TLS to check. */
export function isNamed(names: readonly string[], certificate: X509Certificate): boolean {
  // Of several common names none counts: which of them the authority looked at is not known.
  const { CN: commonName }: { readonly CN?: string | readonly string[] } = certificate.toLegacyObject().subject
  return (typeof commonName === 'string' && names.includes(commonName)) || namesOf(certificate).some(name => names.includes(name))
}
