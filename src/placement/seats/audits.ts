import { createBlindRevisions, type BlindRevisions } from './blind-revisions.ts'

/** The revisions of distributors under `enforcement: Audit`, where no pod ever shows the seat that it would have had. */
export type Audits = Pick<BlindRevisions, 'of'>

export function createAudits(): Audits {
  return createBlindRevisions()
}
