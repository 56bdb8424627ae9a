import type { SeenPod } from '../../survey/explain/seen-pod.ts'
import { clusterReads } from '../check/rights.ts'
import { tellRight } from '../check/right.ts'
import type { Reader, Registered } from './reader.ts'

/** As the reader has it, and what to say where it could not be read. */
export interface RegisteredFor extends Registered {
  readonly unread: string
}

const unread = `mutatingwebhookconfigurations: you may not ${tellRight(clusterReads.registration)}; whether Versprei is called is not known`

/** Whether Versprei is called at all explains pods that it did not place, and no others: it is not asked for those. */
export async function registeredFor(reader: Reader, pods: readonly SeenPod[]): Promise<RegisteredFor> {
  const isTold = pods.length > 0 && pods.every(({ placed }) => placed !== undefined)
  return isTold ? { registration: { kind: 'unknown' }, ownNamespace: undefined, unread } : { ...await reader.registration(), unread }
}
