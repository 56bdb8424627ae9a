import { evenly, type Filled } from './fill.ts'
import type { Candidate } from './subject.ts'

/** What can be had over zones, or whatever --topology names, beside a hard constraint over hosts. */
export interface ZonePlan {
  /** Undefined: no constraint over them at all. */
  readonly when: 'DoNotSchedule' | 'ScheduleAnyway' | undefined
  /** Undefined: nothing is certain. */
  readonly filled: Filled | undefined
}

/**
 * Two hard constraints may shut each other out, so that pods wait for ever. They cannot in two cases: where all zones have equally many
 * hosts, each with room for its even share (the zone with least pods then always has a host with least pods); and where no more pods
 * than zones with room are wanted (an empty zone with room is always open to both). Elsewhere zones are a wish. They are certain all the
 * same where every host gets a pod.
 *
 * A constraint over a label that a node lacks leaves that node out, hard or soft (podtopologyspread `nodeLabelsMatchSpreadConstraints`,
 * `initPreScoreState`): then there is none.
 *
 * @param hosts what is certain over hosts: undefined where they are a wish
 * @param mayBeHard whether --topology names the key, and constraints count pods of one revision: otherwise zones are no more than a wish
 */
export function planZones(
  key: string, candidates: readonly Candidate[], pods: number, hosts: Filled | undefined, mayBeHard: boolean,
): ZonePlan {
  const labelled = candidates.filter(({ node }) => Object.hasOwn(node.labels, key))
  const zones = [...Map.groupBy(labelled, ({ node }) => node.labels[key]).values()]
  if (labelled.length < candidates.length || zones.length < 2) return { when: undefined, filled: undefined }
  if (!mayBeHard || hosts?.sizes === undefined) return { when: 'ScheduleAnyway', filled: undefined }
  const share = Math.ceil(pods / candidates.length)
  const isEven = zones.every(zone => zone.length === zones[0]?.length) && candidates.every(({ capacity }) => capacity >= share)
  const withRoom = zones.filter(zone => zone.some(({ capacity }) => capacity > 0)).length
  if (isEven || pods <= withRoom) return { when: 'DoNotSchedule', filled: evenly(pods, zones.length) }
  const everyOne = hosts.domains === candidates.length
  return { when: 'ScheduleAnyway', filled: everyOne ? { domains: zones.length, sizes: undefined } : undefined }
}
