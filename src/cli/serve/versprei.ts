import type { Logger } from 'pino'
import type { AdmissionServer } from '../../admission/server.ts'
import { followClientAuthorities } from '../../certificates/client-authority.ts'
import { pause, systemClock } from '../../cluster/clock.ts'
import { timeoutSeconds } from '../../controllers/webhook-entry.ts'
import type { Configuration } from '../configuration.ts'
import { createDuties, type Duties } from './duties.ts'
import { createLeaving, type Leaving } from './leaving.ts'
import { listen } from './listen.ts'
import type { Prepared } from './prepare.ts'
import { reachOf, unregister, type Withdrawal } from './registering.ts'
import { repeat } from './repeat.ts'
import { createServing, type State } from './serving.ts'
import { openManifests } from './sources.ts'
import { createStallWatch } from './stall.ts'

/** A Versprei that serves. */
export interface Versprei {
  /** Where reviews go. */
  readonly url: string
  /** Without a path: /metrics, /readyz and /healthz are below it. */
  readonly metricsUrl: string
  /** From now on every answer asks for a new connection, and it is unready once it is not needed: another leads, or nobody is called. */
  readonly drain: () => void
  readonly stop: (reason: string) => Promise<void>
}

/** How often it is looked whether there is something to start or to end for the leader, beside each change of who leads. */
const lookEvery = 100

/** Milliseconds for which a replica that ends waits for one that may be about to be ready: so long it is called still, at least. */
const longestPatience = 3000

/** Starts the servers, then the sources and what the leader does. Throws when it cannot listen. */
export async function startVersprei(configuration: Configuration, prepared: Prepared, log: Logger): Promise<Versprei> {
  const duties = createDuties(configuration, prepared, log)
  const stalls = watchStalls(duties, log)
  const serving = await createServing({
    configuration, prepared, log, mayBeLate: stalls.mayBeLate,
    isJudged: prepared.connection !== undefined && reachOf(configuration, prepared) !== undefined,
    onCertificate: duties.checkRegistration, onDistrusted: () => void duties.share(),
  })
  const { state, admission, operations, certificates } = serving
  state.readinessContact = duties.readinessContact
  const leaving = createLeavingOf(configuration, prepared, state, duties, log)
  state.isNeeded = leaving.isNeeded
  const stopFollowing = followAuthorities(configuration, prepared, admission, log)
  const end = async (): Promise<void> => {
    certificates.stop()
    stopFollowing()
    await duties.end()
    await Promise.all([admission.close(), operations.close(), state.peers.stop()])
    await state.sources?.stop()
  }
  try {
    const url = `${await listen(admission.app, configuration.host, configuration.port)}/mutate`
    const metricsUrl = await listen(operations, configuration.host, configuration.metricsPort)
    log.info({ url, metricsUrl }, 'serving')
    if (prepared.connection === undefined) state.sources = await openManifests(configuration.manifests ?? '', serving.knowledge, log)
    else await duties.start(serving)
    const cancel = repeat(() => {
      stalls.turn()
      void duties.look()
    }, lookEvery)
    return {
      url, metricsUrl,
      drain() {
        state.draining = true
        leaving.begin()
        // Whoever leads is to know at once that this one will not.
        void state.peers.lead.greet()
      },
      async stop(reason) {
        await leaving.finish()
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

const watchStalls = ({ sweep }: Duties, log: Logger): ReturnType<typeof createStallWatch> =>
  createStallWatch(() => performance.now(), timeoutSeconds * 1000, milliseconds => {
    log.warn({ milliseconds }, 'this process got no time: what the API server asked meanwhile it let through')
    sweep()
  })

/** Who signs callers' certificates may change while it serves. Returns how to end that. */
function followAuthorities(
  { clientCa }: Configuration, { clientAuthorities }: Prepared, { useAuthority }: AdmissionServer, log: Logger,
): () => void {
  if (clientCa === undefined || clientAuthorities === undefined) return () => undefined
  const { stop } = followClientAuthorities({
    file: clientCa, initial: clientAuthorities, repeat,
    onChange(ca) {
      useAuthority(ca)
      log.info({ file: clientCa }, 'callers are known by another authority')
    },
    onTrouble: err => log.error({ err }, 'the authority of callers was not taken up; the old one stays'),
  })
  return stop
}

function createLeavingOf(configuration: Configuration, prepared: Prepared, state: State, duties: Duties, log: Logger): Leaving {
  return createLeaving({
    lead: () => state.peers.lead, patience: Math.min(longestPatience, configuration.drain / 3), elapsed: () => performance.now(),
    wait: (milliseconds, signal = new AbortController().signal) => pause(systemClock, milliseconds, signal),
    async unregister(): Promise<Withdrawal> {
      // What it writes itself has to be over: it would write the entry again.
      await duties.look()
      return unregister(configuration, prepared, log)
    },
  })
}
