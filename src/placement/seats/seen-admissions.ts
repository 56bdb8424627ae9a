import { adoptedAt } from './adoption-text.ts'
import { lifetime } from './reservations.ts'
import type { PlacedPod } from './revision.ts'

/** The reviews, and adoptions, whose pods the watch has shown of late. */
export interface SeenAdmissions {
  /** @param pod its uid */
  readonly add: (admission: string, pod: string) => void
  readonly has: (admission: string) => boolean
  /** The uid of its pod, which may be gone by now; undefined when none was shown. */
  readonly podOf: (admission: string) => string | undefined
  /** Forgets what was added two to four minutes ago. @param progress the watch's, milliseconds */
  readonly expire: (progress: number) => void
}

/**
 * Another replica hands over the seats that it gave out in the last minute; ours may have shown those pods already, and they may even be
 * gone again: their seats must not be held twice. A pod is seen after its seat was given, however old the pod is: what was seen longer ago
 * than a reservation lives cannot be handed over. As much again is for a watch that lags, and for looking only every few seconds.
 */
const remembered = 2 * lifetime

/** Two generations: nothing has to be known of when each was added, and a clock that is set does not matter, for a step turns them once. */
export function createSeenAdmissions(): SeenAdmissions {
  let [current, previous] = [new Map<string, string>(), new Map<string, string>()]
  let turned: number | undefined
  return {
    add: (admission, pod) => void current.set(admission, pod),
    has: admission => current.has(admission) || previous.has(admission),
    podOf: admission => current.get(admission) ?? previous.get(admission),
    expire(progress) {
      turned ??= progress
      if (Math.abs(progress - turned) <= remembered) return
      previous = current
      current = new Map()
      turned = progress
    },
  }
}

/**
 * Tells which pods of a list may have been given their seats within the last two minutes: no seat of another will be handed over, and of
 * 150,000 pods few are so young. No clock is needed. A pod is created after its seat was given, and a hand-over comes after any creation
 * in the list: so it is among those created within two minutes of the newest. A pod that was adopted may be of any age, but its admission
 * tells the time; that is another clock's, so it is held against the newest of its own kind.
 */
export function createIsYoung(listed: Iterable<PlacedPod>): (pod: PlacedPod) => boolean {
  let [newest, newestAdopted] = [-Infinity, -Infinity]
  for (const pod of listed) {
    newest = Math.max(newest, pod.created)
    newestAdopted = Math.max(newestAdopted, adoptionOf(pod))
  }
  return pod => newest - pod.created <= remembered || newestAdopted - adoptionOf(pod) <= remembered
}

/** Milliseconds since 1970; of a pod that was not adopted, before all others. */
function adoptionOf({ admission, uid }: PlacedPod): number {
  const time = adoptedAt(admission, uid)
  return typeof time === 'number' ? time : -Infinity
}
