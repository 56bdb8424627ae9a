import { pause, type Clock } from '../../cluster/clock.ts'
import { message } from '../../cluster/cluster-error.ts'
import type { Connection } from '../../cluster/connection.ts'
import type { Consumer } from '../../cluster/delivery.ts'
import { createReflector } from '../../cluster/reflector.ts'
import { reportOf, type DistributorReport } from '../../survey/distributors/report.ts'
import { nameOf } from './print-reports.ts'
import { pathsOf, type Reports } from './read-reports.ts'

/** What there is to show, at most once a second. */
export interface News {
  readonly all: readonly DistributorReport[]
  /** New or changed since it was shown last. */
  readonly changed: readonly DistributorReport[]
  readonly gone: readonly DistributorReport[]
  /** Why nothing is heard of the API server at the moment; undefined: it is. */
  readonly lost: string | undefined
}

export interface FollowOptions {
  readonly connection: Pick<Connection, 'request'>
  /** What was read to begin with, and where. */
  readonly found: Reports
  readonly clock: Clock
  readonly random: () => number
  readonly show: (news: News) => void
  /** Ends it. */
  readonly signal: AbortSignal
}

/** Milliseconds from one look at what is new to the next. */
const every = 1000

/** Looks after which it is shown though nothing is new: ages grow, and terminals change their size. */
const anew = 10

/** A watch that is begun anew is without one for a moment: that is no loss. So many looks in a row are. */
const patience = 2

const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined }

/** Shows what is there, and what changes, at most once a second until the signal: by watches, which are begun again when they are cut. */
export async function followReports({ connection, found, clock, random, show, signal }: FollowOptions): Promise<void> {
  const known = new Map(found.reports.map(one => [nameOf(one), one]))
  const changed = new Set<string>()
  const gone = new Map<string, DistributorReport>()
  const put = (one: DistributorReport): void => {
    const name = nameOf(one)
    gone.delete(name)
    if (JSON.stringify(known.get(name)) !== JSON.stringify(one)) changed.add(name)
    known.set(name, one)
  }
  const drop = (name: string): void => {
    const one = known.get(name)
    if (one !== undefined) gone.set(name, one)
    known.delete(name)
    changed.delete(name)
  }
  const reflectors = found.paths.map(path => createReflector({
    connection, path, parse: reportOf, consumer: consumerOf(path, known, put, drop), clock, random, log: silent,
  }))
  for (const reflector of reflectors) reflector.start()
  let [losses, told]: [number, string | undefined] = [0, undefined]
  for (let look = 0; !signal.aborted; look += 1) {
    const fault = reflectors.map(one => one.status().lastError).find(error => error !== undefined)
    losses = fault === undefined ? 0 : losses + 1
    const lost: string | undefined = losses >= patience ? told ?? message(fault) : undefined
    const isFirst = look === 0
    if (look % anew === 0 || changed.size + gone.size > 0 || lost !== told) {
      const news = [...changed].flatMap(name => known.get(name) ?? [])
      show({ all: [...known.values()], changed: isFirst ? [...known.values()] : news, gone: [...gone.values()], lost })
    }
    told = lost
    changed.clear()
    gone.clear()
    await pause(clock, every, signal)
  }
  await Promise.all(reflectors.map(reflector => reflector.stop()))
}

/** Whatever is known of this path and is not in a new list is gone. */
function consumerOf(
  path: string, known: ReadonlyMap<string, DistributorReport>, put: (one: DistributorReport) => void, drop: (name: string) => void,
): Consumer<DistributorReport> {
  const isHere = ({ namespace }: DistributorReport): boolean => [...pathsOf([]), ...pathsOf([namespace])].includes(path)
  return {
    replace(items) {
      const there = new Set(items.map(nameOf))
      for (const [name, one] of known) if (isHere(one) && !there.has(name)) drop(name)
      for (const one of items) put(one)
    },
    apply: put,
    remove: key => drop(nameOf(key)),
  }
}
