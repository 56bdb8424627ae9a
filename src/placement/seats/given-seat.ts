import { isMap } from '../is-map.ts'
import type { Reservation } from './reservations.ts'
import type { Revision } from './revision.ts'

/** A seat that one replica gave out, as it tells another that will give them out from now on. */
export interface GivenSeat extends Reservation {
  readonly namespace: string
  /** The uid of the pod's controlling owner. */
  readonly owner: string
}

/** What these revisions gave out, and remember. */
export function givenBy(
  revisions: Iterable<Revision>, by: (revision: Revision) => readonly Reservation[] = revision => revision.given(),
): readonly GivenSeat[] {
  return [...revisions].flatMap(revision => by(revision).map(one => ({ ...one, namespace: revision.namespace, owner: revision.owner })))
}

/** What another replica sent; undefined for what is no such thing. */
export function readGivenSeat(value: unknown): GivenSeat | undefined {
  if (!isMap(value)) return undefined
  const { namespace, owner, admission, distributor, group, seat, given } = value
  if (typeof namespace !== 'string' || typeof owner !== 'string' || typeof admission !== 'string') return undefined
  if (typeof distributor !== 'string' || typeof group !== 'string') return undefined
  if (typeof seat !== 'number' || !Number.isSafeInteger(seat) || seat < 0) return undefined
  if (typeof given !== 'number' || !Number.isFinite(given)) return undefined
  return { namespace, owner, admission, distributor, group, seat, given }
}
