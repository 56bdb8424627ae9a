import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { ensureCertificates, type Outcome } from '../../certificates/folder.ts'
import { parseHosts } from '../../certificates/hosts.ts'
import { codeOf, fileNames, readPair, type CertificatePair } from '../../certificates/pair.ts'

export interface CertsOptions {
  readonly folder: string
  /** DNS names and IP addresses. */
  readonly hosts: readonly string[]
}

export interface CertsIo {
  readonly stdout: (text: string) => void
  readonly stderr: (text: string) => void
  readonly now: () => Date
}

function describe(folder: string, { made }: Outcome, { notAfter, names }: CertificatePair): string {
  const done = made.length === 0 ? 'kept what was there' : `made ${made.map(({ file, because }) => `${file} (${because})`).join(', ')}`
  return `${folder}: ${done}; good until ${notAfter.toISOString()} for ${names.join(', ')}\n`
}

/** A cause whose code the message tells already (ENOENT and its like) has no more to say. */
const withCauses = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error)
  const { message, cause } = error
  return cause instanceof Error && !message.includes(`(${codeOf(cause)})`) ? `${message}: ${withCauses(cause)}` : message
}

const isFolder = (path: string): Promise<boolean> => stat(path).then(found => found.isDirectory(), () => false)

/**
 * `versprei certs`: makes or renews the certificates of a folder, says on one line of standard error what it did, and prints the `caBundle`
 * of a webhook (base64) alone on standard output. Returns the exit code: 2 when a host is wrong or there can be no such folder,
 * 1 when there is no good pair, when it could not be renewed, or when its authority is not known.
 */
export async function certs({ folder, hosts }: CertsOptions, io: CertsIo): Promise<number> {
  const { mistakes } = parseHosts(hosts)
  if (mistakes !== undefined) {
    for (const mistake of mistakes) io.stderr(`${mistake}\n`)
    return 2
  }
  try {
    const outcome = await ensureCertificates(folder, { hosts, now: io.now() })
    const pair = await readPair(folder)
    if (outcome.trouble !== undefined) throw outcome.trouble
    if (pair.ca === undefined) {
      throw new Error(
        `${join(folder, fileNames.authority)}: is missing, so the caBundle is not known; put the certificate of who signed ` +
          `${fileNames.certificate} there (a Secret of cert-manager has it)`
      )
    }
    io.stderr(describe(folder, outcome, pair))
    io.stdout(`${Buffer.from(pair.ca).toString('base64')}\n`)
    return 0
  } catch (error) {
    io.stderr(`${withCauses(error)}\n`)
    return await isFolder(folder) ? 1 : 2
  }
}
