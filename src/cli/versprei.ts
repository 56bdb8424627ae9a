import { hostname } from 'node:os'
import type { Logger } from 'pino'
import { serviceName, type Reach } from '../controllers/webhook-entry.ts'
import type { GivenSeat } from '../placement/seats/given-seat.ts'
import type { Configuration } from './configuration.ts'
import { startLeading, whileWanted, type Leading } from './leading.ts'
import { listen } from './listen.ts'
import { startPeers } from './peers.ts'
import type { Prepared } from './prepare.ts'
import { repeat } from './repeat.ts'
import { createServing, unready, type Serving } from './serving.ts'
import { openCluster, openManifests } from './sources.ts'

/** A Versprei that serves. */
export interface Versprei {
  /** Where reviews go. */
  readonly url: string
  /** Without a path: /metrics, /readyz and /healthz are below it. */
  readonly metricsUrl: string
  /** From now on unready, and every answer asks for a new connection; another replica leads, if there is one. */
  readonly drain: () => void
  readonly stop: (reason: string) => Promise<void>
}

/** How often it is looked whether there is something to start or to end for the leader, beside each change of who leads. */
const lookEvery = 100

/** Starts the servers, then the sources and what the leader does. Throws when it cannot listen. */
export async function startVersprei(configuration: Configuration, prepared: Prepared, log: Logger): Promise<Versprei> {
  let leading: ReturnType<typeof whileWanted<Leading>> | undefined
  const serving = await createServing({
    configuration, prepared, log, onCertificate: async () => leading?.current()?.certificateChanged(),
  })
  const { state, admission, operations, certificates } = serving
  let isEnding = false
  const end = async (): Promise<void> => {
    isEnding = true
    certificates.stop()
    // Its loops first: they write as long as the Lease is ours.
    await leading?.look()
    await Promise.all([admission.close(), operations.close(), state.peers.stop()])
    await state.sources?.stop()
  }
  try {
    const url = `${await listen(admission.app, configuration.host, configuration.port)}/mutate`
    const metricsUrl = await listen(operations, configuration.host, configuration.metricsPort)
    log.info({ url, metricsUrl }, 'serving')
    if (prepared.connection === undefined) state.sources = await openManifests(configuration.manifests ?? '', serving.knowledge, log)
    else {
      leading = whileWanted(
        () => !isEnding && state.sources?.isSynced() === true && state.peers.lead.isLeading(), createStart(configuration, prepared, serving, log),
      )
      state.sources = openCluster(prepared.connection, serving.knowledge, log, seats => noteExpired(serving, seats))
      await joinPeers(configuration, prepared, serving, log, () => void leading?.look())
    }
    const cancel = repeat(() => void leading?.look(), lookEvery)
    return {
      url, metricsUrl,
      drain() {
        state.draining = true
        // Whoever comes next registers an authority of its own: what is about to end must not write its own back.
        leading?.current()?.leaveRegistration()
        void state.peers.lead.handOver()
      },
      async stop(reason) {
        log.info({ reason }, 'ending')
        cancel()
        await end()
      },
    }
  } catch (error) {
    // What listens already would keep the process alive.
    await end()
    throw error
  }
}

/** Takes part in the election, where there is one. */
async function joinPeers(
  configuration: Configuration, { connection, leaseNamespace }: Prepared, serving: Serving, log: Logger, onChange: () => void,
): Promise<void> {
  const { state, knowledge, metrics, ownRace, route } = serving
  if (connection === undefined || leaseNamespace === undefined) return
  state.peers = await startPeers({
    configuration, connection, leaseNamespace, knowledge, log, metrics, isReady: () => unready(state).length === 0, review: route.forPeer,
    onChange() {
      // What this replica gave out while nobody led is to be held until the watch shows it.
      if (state.peers.lead.mayWrite()) knowledge.revisions.takeOver(ownRace.end())
      onChange()
    },
  })
}

function createStart({ webhookUrl, adoption }: Configuration, { connection, ownNamespace }: Prepared, serving: Serving, log: Logger) {
  const { knowledge, findings, metrics, state, certificates } = serving
  const reach: Reach | undefined = webhookUrl === undefined
    ? ownNamespace === undefined ? undefined : { service: { namespace: ownNamespace, name: serviceName } }
    : { url: webhookUrl.href }
  return (): Leading => {
    if (connection === undefined) throw new Error('without a cluster there is nothing to lead')
    return startLeading({
      connection, knowledge, findings, log, metrics, adoption, reach, instance: hostname(),
      isLeading: () => state.peers.lead.mayWrite(), authority: () => certificates.current.ca,
    })
  }
}

/** A seat that was given out, and whose pod was never seen: told where it is this replica's to tell. */
function noteExpired({ findings, metrics, state }: Serving, seats: readonly GivenSeat[]): void {
  if (!state.peers.lead.mayWrite()) return
  metrics.countExpired(seats.length)
  for (const { namespace, distributor } of seats) {
    findings.note({ namespace, name: distributor }, 'PodsNeverAppear', 'pods were admitted and never seen: a quota, a policy or another webhook refuses them')
  }
}
