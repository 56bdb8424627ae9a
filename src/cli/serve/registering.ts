import type { Logger } from 'pino'
import { message } from '../../cluster/cluster-error.ts'
import { keepRegistered } from '../../controllers/registration.ts'
import { watchRegistration } from '../../controllers/watch-registration.ts'
import { serviceName, type Reach } from '../../controllers/webhook-entry.ts'
import { createWebhookStore, withdraw } from '../../controllers/webhook-store.ts'
import type { Configuration } from '../configuration.ts'
import type { Prepared } from './prepare.ts'
import { probeReach } from './reach-probe.ts'
import { repeat } from './repeat.ts'
import type { Serving } from './serving.ts'

/** That the API server calls us, and trusts what we serve. */
export interface Registering {
  /** Looks, and mends what differs. Never rejects. */
  readonly check: () => Promise<void>
  readonly stop: () => Promise<void>
}

/** Where the API server is to call; undefined where it cannot know. */
export function reachOf(
  { webhookUrl }: Pick<Configuration, 'webhookUrl'>, { ownNamespace }: Pick<Prepared, 'ownNamespace'>,
): Reach | undefined {
  if (webhookUrl !== undefined) return { url: webhookUrl.href }
  return ownNamespace === undefined ? undefined : { service: { namespace: ownNamespace, name: serviceName } }
}

/** Registers, from now on. Not to be called of one that is about to end: whoever comes next may serve by another authority. */
export function register(
  configuration: Configuration, prepared: Prepared, { state, trustedPair }: Serving, log: Logger, onMended: () => void,
): Registering {
  const { connection, ownNamespace } = prepared
  const reach = reachOf(configuration, prepared)
  if (connection === undefined || reach === undefined) {
    log.warn('not registered with the API server, which cannot know where to call: give --webhook-url outside a cluster')
    return { check: () => Promise.resolve(), stop: () => Promise.resolve() }
  }
  const isLeading = (): boolean => state.peers.lead.mayWrite()
  const probe = probeReach(reach, () => void registration.check())
  const registration = keepRegistered({
    connection, reach, isReached: probe.isReached, ownNamespace, selected: configuration.namespaceSelector, log, repeat, isLeading,
    authority: () => trustedPair.authority(isLeading()), dropped: trustedPair.dropped,
    now: () => new Date(), onSeen: trustedPair.see, onMended,
  })
  void registration.check().then(trustedPair.noteLook)
  const unwatch = watchRegistration({ connection, log, onChange: registration.noteChange })
  return {
    check: registration.check,
    stop() {
      // An ending waits for what is written, and not for what is read.
      void unwatch()
      probe.stop()
      return registration.stop()
    },
  }
}

/** What came of taking the entry back: it was ours, and is gone; there is none of ours; or it may be there still. */
export type Withdrawal = 'done' | 'not-ours' | 'failed'

/** Milliseconds for all of a try: what ends is given little time (`terminationGracePeriodSeconds`). */
const withdrawalLimit = 4000

/** Has the API server call nobody, for nobody is left to answer. Never rejects. */
export async function unregister(configuration: Configuration, prepared: Prepared, log: Logger): Promise<Withdrawal> {
  const { connection } = prepared
  const reach = reachOf(configuration, prepared)
  if (connection === undefined || reach === undefined) return 'not-ours'
  const signal = AbortSignal.timeout(withdrawalLimit)
  try {
    const store = createWebhookStore({ request: (path, request) => connection.request(path, { ...request, signal }) })
    if (!await withdraw(store, reach)) return 'not-ours'
    log.info('took its entry back from the API server: nobody is called until a replica registers again')
    return 'done'
  } catch (err) {
    log.error({ err }, `the entry could not be taken back, and the API server may call where nobody answers soon: ${message(err)}`)
    return 'failed'
  }
}
