import { setImmediate } from 'node:timers/promises'

/** How a group of a distributor stands, for its series. */
export interface GroupSample {
  readonly namespace: string
  readonly distributor: string
  readonly group: string
  readonly pods: number
  readonly ready: number
  readonly wanted: number
}

const series = [
  { name: 'versprei_distributor_pods', help: 'Pods in a group', read: ({ pods }: GroupSample) => pods },
  { name: 'versprei_distributor_ready_pods', help: 'Pods in a group that are Ready', read: ({ ready }: GroupSample) => ready },
  {
    name: 'versprei_distributor_wanted_pods', help: 'Pods that would be in a group were all where they belong',
    read: ({ wanted }: GroupSample) => wanted,
  },
] as const

/** The names of all series that `--distributor-metrics on` adds. */
export const distributorSeries: readonly string[] = series.map(({ name }) => name)

/** So many distributors are written in a millisecond or two; then requests that wait for an answer have their turn. */
const atOnce = 50

/**
 * The series of each distributor, in Prometheus' text format. Not kept in a registry: 10,000 distributors make 60,000 series, which no
 * decision may wait for.
 *
 * @param samplesOf the samples of each distributor, asked for one after the other
 */
export async function writeDistributorMetrics(samplesOf: Iterable<() => readonly GroupSample[]>): Promise<string> {
  const lines = series.map(({ name, help }) => [`# HELP ${name} ${help}`, `# TYPE ${name} gauge`])
  let written = 0
  for (const samples of samplesOf) {
    if (written > 0 && written % atOnce === 0) await setImmediate()
    written += 1
    for (const sample of samples()) {
      // Names of Kubernetes objects and label values: nothing in them needs an escape.
      const labels = `{namespace="${sample.namespace}",distributor="${sample.distributor}",group="${sample.group}"}`
      for (const [index, { name, read }] of series.entries()) lines[index]?.push(`${name}${labels} ${read(sample)}`)
    }
  }
  return lines.flat().join('\n').concat('\n')
}
