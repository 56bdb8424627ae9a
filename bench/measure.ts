import { createLoad, placedBy, type Client, type Load } from './load.ts'
import { cpuOf, settle } from './process-usage.ts'
import type { Product } from './product.ts'
import { quantile } from './statistics.ts'
import type { World } from './world.ts'

/** One server in one round. */
export interface Measurement {
  /** Microseconds of the server's CPU a request, all its threads together. */
  readonly cpu: number
  /** The same for each slice: what the machine does otherwise falls on slices that were sent one after the other alike. */
  readonly slices: readonly number[]
  readonly perSecond: number
  /** Milliseconds. */
  readonly p50: number
  readonly p99: number
  /** Microseconds of the server's CPU for each pod that the watch then shows, and deletes; undefined for the echo. */
  readonly watched: { readonly added: number, readonly deleted: number } | undefined
}

/** What is measured: the echo has no product, and is sent what the one with the most is sent. */
export interface Server {
  readonly name: string
  readonly pid: number
  readonly client: Client
  readonly world: World
  readonly product: Product | undefined
}

export interface Round {
  /** Tells rounds apart: no two send the same uid to one server. */
  readonly number: number
  /** Reviews for each server. */
  readonly requests: number
  /** In how many parts they are sent: the servers take turns, so that what else the machine does falls on all of them alike. */
  readonly slices: number
}

/**
 * Sends every server so many reviews, a slice at a time in turns (each turn begins with another server), and reads what CPU it
 * used meanwhile. Afterwards, not counted, the watch shows each Versprei its pods and then deletes them, so that each round
 * starts from the same state, without a reservation.
 */
export async function measureRound(servers: readonly Server[], { number, requests, slices }: Round): Promise<readonly Measurement[]> {
  const runs = servers.map(server => ({
    ...server, load: createLoad(number, requests, server.world), cpu: 0, slices: [] as number[], duration: 0, answers: [] as string[], latencies: [] as number[],
  }))
  for (const { pid } of runs) await settle(pid)
  const size = Math.ceil(requests / slices)
  for (let slice = 0; slice < slices; slice += 1) {
    for (let turn = 0; turn < runs.length; turn += 1) {
      const run = runs[(turn + slice + number) % runs.length]!
      const part: Load = { requests: run.load.requests.slice(slice * size, (slice + 1) * size) }
      const before = cpuOf(run.pid)
      const { answers, latencies, duration } = await run.client.send(part)
      const used = cpuOf(run.pid) - before
      run.cpu += used
      run.slices.push(used / part.requests.length)
      run.duration += duration
      run.answers.push(...answers)
      run.latencies.push(...latencies)
    }
  }
  const measurements: Measurement[] = []
  for (const { load, cpu, slices: parts, duration, answers, latencies, product } of runs) {
    const watched = await product?.confirm(placedBy(load, answers, number))
    const [p50, p99] = [quantile(latencies, 0.5), quantile(latencies, 0.99)]
    measurements.push({ cpu: cpu / requests, slices: parts, perSecond: requests / duration * 1000, p50, p99, watched })
  }
  return measurements
}
