import type { Clock } from '../cluster/clock.ts'
import type { Log } from '../cluster/delivery.ts'
import type { Listed } from '../placement/distributor/listed.ts'
import type { Knowledge } from '../placement/knowledge.ts'
import type { CheckedNodes } from '../placement/status/group-check.ts'
import { canonicalStatus, readConditions } from '../placement/status/read-status.ts'
import type { DistributorStatus } from '../placement/status/status.ts'
import { summarize } from '../placement/status/summarize.ts'
import { createSums, type Sums } from '../placement/status/sums.ts'
import { createBreath, type Breath } from './breath.ts'
import type { Events } from './events.ts'
import type { Findings } from './findings.ts'
import { createGroupWatch } from './group-watch.ts'
import { createEntries, type Entry, type Found } from './status-entries.ts'
import { createOutcomes, type Outcomes } from './status-outcomes.ts'
import type { WriteStatus } from './status-writer.ts'

export interface StatusTurnOptions {
  readonly knowledge: Pick<Knowledge, 'distributors' | 'revisions'> & { readonly nodes: CheckedNodes }
  readonly findings: Findings
  readonly events: Events
  readonly writeStatus: WriteStatus
  readonly clock: Clock
  /** In [0, 1). */
  readonly random: () => number
  readonly log: Log
  /** By uid, the statuses that there are already. Emptied as they are taken. */
  readonly found: Map<string, Found>
  /** Ends a turn that is under way. */
  readonly signal: AbortSignal
}

/** Writes at most: at the same time, and in one turn. */
const mostAtOnce = 4
const mostInTurn = 50

/**
 * One turn: looks at what has changed, and writes the statuses that differ from those that the API server has. Turns follow one another, at
 * least a second apart. Never rejects.
 */
export function createStatusTurn(options: StatusTurnOptions): () => Promise<void> {
  const { knowledge: { distributors, revisions, nodes }, findings, clock, log, found, signal } = options
  const entries = createEntries(distributors, found)
  const outcomes = createOutcomes({ ...options, due: entries.due })
  const groupWatch = createGroupWatch(nodes)
  const breath = createBreath(clock)

  const follow = async (): Promise<void> => {
    for (const gone of await entries.follow(breath)) {
      findings.forget(gone.listed)
      outcomes.forget(gone)
    }
    for (const touched of [revisions.takeTouched(), findings.takeTouched()]) {
      entries.touch(touched ?? [...entries.all()].map(({ listed }) => listed))
    }
  }
  const count = async ({ outcome }: Listed): Promise<Sums | undefined> => {
    if (!('plan' in outcome)) return undefined
    const { plan } = outcome
    const sums = createSums(plan.distributor.groups)
    for (const revision of revisions.revisionsOf(plan.distributor)) {
      await breath()
      sums.add(revision.standing(plan))
    }
    return sums
  }
  const summarizeNow = async (entry: Entry): Promise<DistributorStatus> => {
    const { listed, written } = entry
    return summarize({
      listed,
      sums: await count(listed),
      strays: findings.straysOf(listed),
      complaints: [...groupWatch.of(entry), ...findings.complaintsOf(listed)],
      rival: entries.rivals.of(listed),
      previous: readConditions(JSON.parse(written)),
      now: clock.now(),
    })
  }
  return async () => {
    try {
      await follow()
      await groupWatch.recheck(entries.all(), clock.now(), breath, entry => entries.due.add(entry))
      await writeDue(options, entries.due, outcomes, breath, summarizeNow)
      if (!signal.aborted) outcomes.tellDue(key => entries.get(key)?.listed)
    } catch (error) {
      log.warn({ err: error }, 'the statuses of PodDistributors could not be told; going on')
    }
  }
}

/** Writes those whose time has come and whose status differs, each once. */
async function writeDue(
  { writeStatus, clock, signal }: StatusTurnOptions, due: Set<Entry>, outcomes: Outcomes, breath: Breath,
  summarizeNow: (entry: Entry) => Promise<DistributorStatus>,
): Promise<void> {
  const writing = new Set<Promise<void>>()
  const writeOne = async (entry: Entry, status: DistributorStatus): Promise<void> => {
    try {
      outcomes.accept(entry, status, await writeStatus(entry.listed, entry.version, status, signal))
    } catch (error) {
      outcomes.refuse(entry, error)
    }
  }
  let written = 0
  for (const entry of due) {
    if (entry.notBefore > clock.now()) continue
    if (writing.size >= mostAtOnce) await Promise.race(writing)
    await breath()
    if (signal.aborted || outcomes.isHeld() || written === mostInTurn) break
    due.delete(entry)
    const status = await summarizeNow(entry)
    if (canonicalStatus(status) === entry.written) {
      outcomes.keep(entry, status)
      continue
    }
    written += 1
    const task: Promise<void> = writeOne(entry, status).finally(() => writing.delete(task))
    writing.add(task)
  }
  await Promise.all(writing)
}
