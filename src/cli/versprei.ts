import type { Logger } from 'pino'
import { createMetrics } from '../admission/metrics.ts'
import { createOperationsServer } from '../admission/operations.ts'
import { createAdmissionServer } from '../admission/server.ts'
import { followCertificates } from '../certificates/follow.ts'
import { keepRegistered, type Registration } from '../controllers/registration.ts'
import { serviceName, type Reach } from '../controllers/webhook-entry.ts'
import { decide, type Decision } from '../placement/decide.ts'
import { createKnowledge, type Knowledge } from '../placement/knowledge.ts'
import { skip, skipRequest, type Request } from '../placement/scope.ts'
import type { Configuration } from './configuration.ts'
import { listen } from './listen.ts'
import type { Prepared } from './prepare.ts'
import { repeat } from './repeat.ts'
import { openCluster, openManifests, type Sources } from './sources.ts'

/** A Versprei that serves. */
export interface Versprei {
  /** Where reviews go. */
  readonly url: string
  /** Without a path: /metrics, /readyz and /healthz are below it. */
  readonly metricsUrl: string
  /** From now on unready, and every answer asks for a new connection. */
  readonly drain: () => void
  readonly stop: (reason: string) => Promise<void>
}

/** What changes while it runs. */
interface State {
  draining: boolean
  sources: Sources | undefined
  registration: Registration | undefined
}

/** Starts the servers, then the sources; once everything is known, registers with the API server. Throws when it cannot listen. */
export async function startVersprei(configuration: Configuration, prepared: Prepared, log: Logger): Promise<Versprei> {
  const knowledge = createKnowledge(prepared.ownNamespace)
  const state: State = { draining: false, sources: undefined, registration: undefined }
  const certificates = await followCertificates({
    folder: configuration.certificates, hosts: prepared.hosts, now: () => new Date(), repeat,
    onChange: async pair => {
      admission.useCertificate(pair)
      log.info({ fingerprint: pair.fingerprint, notAfter: pair.notAfter }, 'serving with a new certificate')
      await state.registration?.check()
    },
    onTrouble: err => log.error({ err }, 'certificates'),
  })
  const metrics = createMetrics(sourcesOfMetrics(knowledge, state, () => certificates.current.notAfter))
  const admission = createAdmissionServer({
    tls: certificates.current, log, elapsed: () => performance.now(), isDraining: () => state.draining,
    decide: request => decideOnceSynced(knowledge, state, request), count: metrics.countDecision, countError: metrics.countHttpError,
  })
  const operations = createOperationsServer({ registry: metrics.registry, unready: () => unready(state) })
  const close = async (): Promise<void> => {
    state.registration?.stop()
    certificates.stop()
    await Promise.all([admission.close(), operations.close()])
    await state.sources?.stop()
  }
  try {
    const url = `${await listen(admission.app, configuration.host, configuration.port)}/mutate`
    const metricsUrl = await listen(operations, configuration.host, configuration.metricsPort)
    log.info({ url, metricsUrl }, 'serving')
    state.sources = prepared.connection === undefined
      ? await openManifests(configuration.manifests ?? '', knowledge, log)
      : openCluster(prepared.connection, knowledge, log)
    const cancel = registerOnceReady(configuration, prepared, state, () => certificates.current.ca, log)
    return {
      url, metricsUrl,
      drain() {
        state.draining = true
        // Whoever comes next registers an authority of its own: what is about to end must not write its own back.
        state.registration?.stop()
      },
      async stop(reason) {
        log.info({ reason }, 'ending')
        cancel()
        await close()
      },
    }
  } catch (error) {
    // What listens already would keep the process alive.
    await close()
    throw error
  }
}

/** Before the first full lists a decision would rest on nothing: then the pod is let through. */
function decideOnceSynced(knowledge: Knowledge, { sources }: State, request: Request): Decision {
  if (sources?.isSynced() === true) return decide(knowledge, request, Date.now())
  return skipRequest(request, knowledge.ownNamespace) ?? skip('not-synced')
}

function unready({ draining, sources }: State): readonly string[] {
  if (draining) return ['it is about to end']
  return (sources?.missing() ?? ['everything']).map(resource => `the first full list of ${resource} is not there yet`)
}

function sourcesOfMetrics(knowledge: Knowledge, state: State, certificateEnd: () => Date): Parameters<typeof createMetrics>[0] {
  return {
    distributors: () => {
      const all = [...knowledge.distributors.all()]
      const valid = all.filter(({ outcome }) => 'plan' in outcome).length
      return { valid, invalid: all.length - valid }
    },
    pods: () => knowledge.revisions.size().pods,
    nodes: () => knowledge.nodes.size(),
    reservations: () => knowledge.revisions.size().reservations,
    staleness: () => state.sources?.staleness() ?? {},
    certificateEnd: () => certificateEnd().getTime() / 1000,
  }
}

/** How often it is looked whether the first lists are there. */
const readyEvery = 50

/** Only once it serves: the API server must never be told of an endpoint that does not answer. */
function registerOnceReady(
  { webhookUrl }: Configuration, { connection, ownNamespace }: Prepared, state: State, authority: () => string | undefined, log: Logger,
): () => void {
  const reach: Reach | undefined = webhookUrl === undefined
    ? ownNamespace === undefined ? undefined : { service: { namespace: ownNamespace, name: serviceName } }
    : { url: webhookUrl.href }
  if (connection === undefined) return () => undefined
  if (reach === undefined) {
    log.warn('not registered with the API server, which cannot know where to call: give --webhook-url outside a cluster')
    return () => undefined
  }
  const cancel = repeat(() => {
    if (unready(state).length > 0) return
    cancel()
    state.registration = keepRegistered({ connection, reach, ownNamespace, authority, log, repeat })
    void state.registration.check()
  }, readyEvery)
  return cancel
}
