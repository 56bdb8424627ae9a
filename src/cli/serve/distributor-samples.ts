import type { GroupSample } from '../../admission/distributor-metrics.ts'
import type { Knowledge } from '../../placement/knowledge.ts'

/** How each group of each valid distributor stands, summed over its revisions; each distributor is looked at when it is asked for. */
export function* samplesOf({ distributors, revisions }: Knowledge): Generator<() => readonly GroupSample[]> {
  for (const { namespace, name, outcome } of distributors.all()) {
    if (!('plan' in outcome)) continue
    const { plan } = outcome
    yield () => {
      const standings = revisions.standings(plan)
      return plan.distributor.groups.map((group, index) => {
        const sum = (counts: (standing: typeof standings[number]) => readonly number[]): number =>
          standings.reduce((total, standing) => total + (counts(standing)[index] ?? 0), 0)
        return {
          namespace, distributor: name, group: group.name,
          pods: sum(({ assigned }) => assigned), ready: sum(({ ready }) => ready), wanted: sum(({ wanted }) => wanted),
        }
      })
    }
  }
}
