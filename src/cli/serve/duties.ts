import { hostname } from 'node:os'
import type { Logger } from 'pino'
import type { Sharing } from '../../controllers/share-certificates.ts'
import type { GivenSeat } from '../../placement/seats/given-seat.ts'
import type { Configuration } from '../configuration.ts'
import { startLeading, whileWanted, type Leading } from './leading.ts'
import { startPeers } from './peers.ts'
import type { Prepared } from './prepare.ts'
import { register, type Registering } from './registering.ts'
import type { Serving, State } from './serving.ts'
import { keepShared } from './sharing.ts'
import { openCluster } from './sources.ts'

/** What a replica does in a cluster beside answering: some of it while it leads, some while it can be called, some always. */
export interface Duties {
  /** Begins with all of it. Throws when it cannot listen to the other replicas. */
  readonly start: (serving: Serving) => Promise<void>
  /** Looks whether there is something to start or to end; resolves when that is done. Never rejects. */
  readonly look: () => Promise<void>
  /** Strays are looked for, where this replica leads. */
  readonly sweep: () => void
  /** Looks how it is registered, where it can be called. Never rejects. */
  readonly checkRegistration: () => Promise<void>
  /** Takes over what other replicas have for certificates by now. Never rejects. */
  readonly share: () => Promise<void>
  readonly readinessContact: () => number | undefined
  /** Never rejects. */
  readonly end: () => Promise<void>
}

export function createDuties(configuration: Configuration, prepared: Prepared, log: Logger): Duties {
  let leading: ReturnType<typeof whileWanted<Leading>> | undefined
  let registering: ReturnType<typeof whileWanted<Registering>> | undefined
  let sharing: Sharing | undefined
  let isEnding = false
  const look = async (): Promise<void> => void await Promise.all([leading?.look(), registering?.look()])
  const sweep = (): void => leading?.current()?.sweepNow()
  const checkRegistration = async (): Promise<void> => registering?.current()?.check()
  return {
    look, sweep, checkRegistration,
    share: async () => sharing?.look(),
    readinessContact: () => leading?.current()?.readinessContact(),
    async start(serving) {
      const { connection } = prepared
      if (connection === undefined) return
      const { state } = serving
      leading = whileWanted(() => !isEnding && isLeadingForGood(state), createStart(configuration, prepared, serving, log), log)
      registering = whileWanted(() => !isEnding && canLead(state), () => register(configuration, prepared, serving, log, sweep), log)
      state.sources = openCluster(connection, serving.knowledge, log, seats => noteExpired(serving, seats))
      await joinPeers(configuration, prepared, serving, log, isNew => {
        void look()
        // Whoever led before may have taken the entry back.
        if (isNew) void checkRegistration()
      })
      sharing = keepShared(configuration, prepared, serving, log, checkRegistration)
    },
    async end() {
      isEnding = true
      sharing?.stop()
      // They write as long as the Lease is ours.
      await look()
    },
  }
}

/** Takes part in the election, where there is one. `onChange` is told whether this replica leads from now on. */
async function joinPeers(
  configuration: Configuration, { connection, leaseNamespace }: Prepared, serving: Serving, log: Logger, onChange: (isNew: boolean) => void,
): Promise<void> {
  const { state, knowledge, metrics, ownRace, route, trustedPair, mayBeLate } = serving
  if (connection === undefined || leaseNamespace === undefined) return
  let wasLeader = false
  state.peers = await startPeers({
    configuration, connection, leaseNamespace, knowledge, log, metrics, mayBeLate, isReady: () => canLead(state), review: route.forPeer,
    served: () => trustedPair.served().fingerprint,
    onChange() {
      const [before, isLeader] = [wasLeader, state.peers.lead.mayWrite()]
      wasLeader = isLeader
      // What this replica gave out while nobody led is to be held until the watch shows it.
      if (isLeader) knowledge.revisions.takeOver(ownRace.end(Date.now()))
      onChange(isLeader && !before)
    },
  })
  // The leader is to know at once that this one could lead: it may be about to end.
  void state.sources?.synced.then(() => state.peers.settle()).then(() => state.peers.lead.greet())
}

/** What a leader has to know is there, and it stays. */
function canLead({ draining, sources }: State): boolean {
  return !draining && sources?.isSynced() === true
}

function createStart({ adoption }: Configuration, { connection }: Prepared, serving: Serving, log: Logger) {
  const { knowledge, findings, metrics, state } = serving
  return (): Leading => {
    if (connection === undefined) throw new Error('without a cluster there is nothing to lead')
    return startLeading({
      connection, knowledge, findings, log, metrics, adoption, instance: hostname(), isLeading: () => state.peers.lead.mayWrite(),
    })
  }
}

/** The leader's loops run then. They begin a while after the lead was taken from another in the middle of its work. */
function isLeadingForGood({ sources, peers: { lead } }: State): boolean {
  return sources?.isSynced() === true && lead.isLeading() && !lead.isFresh()
}

/** A seat that was given out, and whose pod was never seen: told where it is this replica's to tell. */
function noteExpired({ findings, metrics, state }: Serving, seats: readonly GivenSeat[]): void {
  if (!state.peers.lead.mayWrite()) return
  metrics.countExpired(seats.length)
  for (const { namespace, distributor } of seats) {
    const detail = 'pods were admitted and never seen: a quota, a policy or another webhook refuses them'
    findings.note({ namespace, name: distributor }, 'PodsNeverAppear', detail)
  }
}
