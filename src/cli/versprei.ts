import { hostname } from 'node:os'
import { setTimeout } from 'node:timers/promises'
import type { Logger } from 'pino'
import { keepRegistered } from '../controllers/registration.ts'
import { serviceName, timeoutSeconds, type Reach } from '../controllers/webhook-entry.ts'
import type { GivenSeat } from '../placement/seats/given-seat.ts'
import { shareCertificates } from '../controllers/share-certificates.ts'
import { openSecrets, peersSecret } from './certificate-secrets.ts'
import type { Configuration } from './configuration.ts'
import { startLeading, whileWanted, type Leading } from './leading.ts'
import { listen } from './listen.ts'
import { startPeers } from './peers.ts'
import type { Prepared } from './prepare.ts'
import { repeat } from './repeat.ts'
import { createStallWatch } from './stall.ts'
import { createServing, type Serving, type State } from './serving.ts'
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
  let registering: ReturnType<typeof whileWanted<Registering>> | undefined
  const look = (): void => {
    void leading?.look()
    void registering?.look()
  }
  const sweep = () => leading?.current()?.sweepNow()
  const serving = await createServing({ configuration, prepared, log, onCertificate: async () => registering?.current()?.check() })
  const { state, admission, operations, certificates } = serving
  state.readinessContact = () => leading?.current()?.readinessContact()
  let [isEnding, stopSharing] = [false, () => {}]
  const end = async (): Promise<void> => {
    isEnding = true
    stopSharing()
    certificates.stop()
    // Its loops first: they write as long as the Lease is ours.
    await Promise.all([leading?.look(), registering?.look()])
    await Promise.all([admission.close(), operations.close(), state.peers.stop()])
    await state.sources?.stop()
  }
  try {
    const url = `${await listen(admission.app, configuration.host, configuration.port)}/mutate`
    const metricsUrl = await listen(operations, configuration.host, configuration.metricsPort)
    log.info({ url, metricsUrl }, 'serving')
    if (prepared.connection === undefined) state.sources = await openManifests(configuration.manifests ?? '', serving.knowledge, log)
    else {
      leading = whileWanted(() => !isEnding && isLeadingForGood(state), createStart(configuration, prepared, serving, log), log)
      registering = whileWanted(() => !isEnding && canLead(state), () => register(configuration, prepared, serving, log, sweep), log)
      state.sources = openCluster(prepared.connection, serving.knowledge, log, seats => noteExpired(serving, seats))
      await joinPeers(configuration, prepared, serving, log, look)
      stopSharing = share(configuration, prepared, serving, log)
    }
    const cancel = takeTurns(look, sweep, log)
    return {
      url, metricsUrl,
      drain() {
        state.draining = true
        void handOver(state, () => isEnding)
      },
      stop(reason) {
        log.info({ reason }, 'ending')
        cancel()
        return end()
      },
    }
  } catch (error) {
    // What listens already would keep the process alive.
    await end()
    throw error
  }
}

/** Looks from now on, until what it returns is called; and for strays after a time in which the API server waited for us in vain. */
function takeTurns(look: () => void, sweep: () => void, log: Logger): () => void {
  const noteTurn = createStallWatch(() => performance.now(), timeoutSeconds * 1000, milliseconds => {
    log.warn({ milliseconds }, 'this process got no time: what the API server asked meanwhile it let through')
    sweep()
  })
  return repeat(() => {
    noteTurn()
    look()
  }, lookEvery)
}

/** Takes part in the election, where there is one. */
async function joinPeers(
  configuration: Configuration, { connection, leaseNamespace }: Prepared, serving: Serving, log: Logger, onChange: () => void,
): Promise<void> {
  const { state, knowledge, metrics, ownRace, route } = serving
  if (connection === undefined || leaseNamespace === undefined) return
  state.peers = await startPeers({
    configuration, connection, leaseNamespace, knowledge, log, metrics, isReady: () => canLead(state), review: route.forPeer,
    onChange() {
      // What this replica gave out while nobody led is to be held until the watch shows it.
      if (state.peers.lead.mayWrite()) knowledge.revisions.takeOver(ownRace.end(Date.now()))
      onChange()
    },
  })
  void state.sources?.synced.then(() => state.peers.settle())
}

/** Keeps the certificates those of all replicas: the leader writes them, the others take what it wrote. */
function share(configuration: Configuration, { connection, leaseNamespace }: Prepared, { state }: Serving, log: Logger): () => void {
  const secrets = openSecrets(configuration, connection, leaseNamespace, () => state.peers.lead.mayWrite())
  const { certificateSecret: name = '' } = configuration
  return secrets === undefined ? () => {} : shareCertificates({ secrets: { [name]: secrets.serving, [peersSecret(name)]: secrets.peers }, log, repeat })
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

/** How often the lead is offered again while nobody takes it, in milliseconds: a replica may be about to be ready. */
const offerEvery = 500

/** Passes the lead on before this replica ends. */
async function handOver({ peers: { lead } }: State, isEnding: () => boolean): Promise<void> {
  while (!isEnding() && lead.mayWrite() && !await lead.handOver()) await setTimeout(offerEvery, undefined, { ref: false })
}

/** That the API server calls us, and trusts what we serve. Not of one that is about to end: whoever comes next may serve by another authority. */
interface Registering {
  readonly check: () => Promise<void>
  readonly stop: () => Promise<void>
}

function register(
  { webhookUrl, namespaceSelector: selected }: Configuration, { connection, ownNamespace }: Prepared, { state, certificates }: Serving, log: Logger, onMended: () => void,
): Registering {
  const reach: Reach | undefined = webhookUrl === undefined
    ? ownNamespace === undefined ? undefined : { service: { namespace: ownNamespace, name: serviceName } }
    : { url: webhookUrl.href }
  if (connection === undefined || reach === undefined) {
    log.warn('not registered with the API server, which cannot know where to call: give --webhook-url outside a cluster')
    return { check: () => Promise.resolve(), stop: () => Promise.resolve() }
  }
  const registration = keepRegistered({
    connection, reach, ownNamespace, selected, log, repeat, authority: () => certificates.current.ca, isLeading: () => state.peers.lead.mayWrite(),
    now: () => new Date(), onMended,
  })
  void registration.check()
  return { check: registration.check, stop: async () => registration.stop() }
}

/** A seat that was given out, and whose pod was never seen: told where it is this replica's to tell. */
function noteExpired({ findings, metrics, state }: Serving, seats: readonly GivenSeat[]): void {
  if (!state.peers.lead.mayWrite()) return
  metrics.countExpired(seats.length)
  for (const { namespace, distributor } of seats) {
    findings.note({ namespace, name: distributor }, 'PodsNeverAppear', 'pods were admitted and never seen: a quota, a policy or another webhook refuses them')
  }
}
