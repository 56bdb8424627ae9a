import type { Clock } from '../cluster/clock.ts'
import type { Looked } from './adoption.ts'

/** Which namespace is looked at next, and how. */
export interface Agenda {
  /** It is looked at before those whose time has merely come; without a namespace, all that are on it. */
  readonly press: (how: { readonly namespace?: string, readonly isWhole: boolean }) => void
  /** The one to look at now, and whether at all of its pods. */
  readonly next: () => { readonly namespace: string, readonly isWhole: boolean } | undefined
  /** It is looked at whole when its turn comes. */
  readonly enter: (namespace: string) => void
  /**
   * @param hasDistributors where there are none, and nothing is left to do, it is not looked at again
   * @param isWatched strays that come are found in another way: where nothing is left to do, it is looked at again in some minutes
   */
  readonly settle: (namespace: string, looked: Looked, how: { readonly hasDistributors: boolean, readonly isWatched: boolean }) => void
}

/** Milliseconds from one look at a namespace to the next, at most; up to a fifth less at random. */
const every = 30_000
const seldom = 600_000
/** Where something is about to settle: this long, then twice as long, and so on up to `every`. */
const soon = 5000

interface Place {
  due: number
  isUrgent: boolean
  /** The next look has to see all pods. */
  isWhole: boolean
  /** Looks in a row that left something unsettled. */
  unsettled: number
}

/** @param random in [0, 1) */
export function createAgenda(clock: Pick<Clock, 'now'>, random: () => number): Agenda {
  const places = new Map<string, Place>()
  return {
    press({ namespace, isWhole }) {
      for (const one of namespace === undefined ? places.keys() : [namespace]) {
        const place = places.get(one)
        places.set(one, {
          due: place?.isUrgent === true ? place.due : clock.now(), isUrgent: true,
          isWhole: isWhole || place?.isWhole === true, unsettled: 0,
        })
      }
    },
    enter(namespace) {
      const place = places.get(namespace)
      places.set(namespace, { due: clock.now(), isUrgent: place?.isUrgent ?? false, isWhole: true, unsettled: 0 })
    },
    next() {
      let first: { readonly namespace: string, readonly place: Place } | undefined
      for (const [namespace, place] of places) if (first === undefined || comesBefore(place, first.place)) first = { namespace, place }
      if (first === undefined || first.place.due > clock.now()) return undefined
      first.place.isUrgent = false
      return { namespace: first.namespace, isWhole: first.place.isWhole }
    },
    settle(namespace, { isUnsettled, isCutOff, hasStrays, hasLabelled }, { hasDistributors, isWatched }) {
      const place = places.get(namespace)
      // It was pressed while it was looked at: that holds.
      if (place?.isUrgent === true) return
      if (!hasDistributors && !isUnsettled && !isCutOff) {
        places.delete(namespace)
        return
      }
      const unsettled = place?.unsettled ?? 0
      const longest = isWatched && !hasStrays && !hasLabelled ? seldom : every
      const wait = isCutOff ? 0 : isUnsettled ? Math.min(every, soon * 2 ** unsettled) : longest
      places.set(namespace, {
        due: clock.now() + wait * (1 - 0.2 * random()), isUrgent: false, isWhole: hasLabelled, unsettled: isUnsettled ? unsettled + 1 : 0,
      })
    },
  }
}

function comesBefore(a: Place, b: Place): boolean {
  return a.isUrgent === b.isUrgent ? a.due < b.due : a.isUrgent
}
