import { ClusterError } from '../../cluster/cluster-error.ts'
import type { ClusterRequest, Connection } from '../../cluster/connection.ts'
import { asMap } from '../../placement/is-map.ts'
import { messageOf } from '../message-of.ts'
import { warn, type CheckName, type Line } from './line.ts'
import { pathOf, tellRight, type Right } from './right.ts'

/** What came of a question to the API server. */
export type Asked<T = Readonly<Record<string, unknown>>> =
  | { readonly kind: 'found', readonly value: T }
  | { readonly kind: 'absent' }
  /** Whoever asks lacks this right. */
  | { readonly kind: 'forbidden', readonly right: string, readonly message: string }
  | { readonly kind: 'failed', readonly message: string }

/** `right`: what is needed to ask, in words. */
export async function asking<T>(right: string, ask: () => Promise<T>): Promise<Asked<T>> {
  try {
    return { kind: 'found', value: await ask() }
  } catch (error) {
    const status = error instanceof ClusterError ? error.status : undefined
    if (status === 404) return { kind: 'absent' }
    const message = messageOf(error)
    return status === 403 ? { kind: 'forbidden', right, message } : { kind: 'failed', message }
  }
}

/** Asks for what a right is about. */
export function askFor(connection: Pick<Connection, 'request'>, right: Right, options: ClusterRequest = {}): Promise<Asked> {
  return asking(tellRight(right), async () => asMap(await (await connection.request(pathOf(right), options)).json()))
}

export type Unknown = Extract<Asked, { readonly kind: 'forbidden' | 'failed' }>

/** The line for what could not be asked: never a good one. */
export function unknown(check: CheckName, what: string, asked: Unknown): Line {
  return asked.kind === 'forbidden'
    ? warn(check, `${what}: not known, for you may not ask`, `ask with an account that has the right: ${asked.right}`)
    : warn(check, `${what}: not known: ${asked.message}`, 'try again; if it stays so, look at the API server\'s log')
}

/** Whether there is no telling, of an object, whether it is there. */
export function isUnknown<T>(asked: Asked<T>): asked is Unknown {
  return asked.kind === 'forbidden' || asked.kind === 'failed'
}
