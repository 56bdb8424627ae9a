import { monotonicClock } from '../cluster/clock.ts'
import type { Connection } from '../cluster/connection.ts'
import type { Log } from '../cluster/delivery.ts'
import { createReflector } from '../cluster/reflector.ts'
import { configurationName } from './webhook-entry.ts'

export interface WatchRegistrationOptions {
  readonly connection: Pick<Connection, 'request'>
  readonly log: Log
  /** Called after each change of the MutatingWebhookConfiguration, by whomever. */
  readonly onChange: () => void
}

const path = '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations'

/**
 * Tells of changes of the MutatingWebhookConfiguration, until what it returns is called. What is wrong in it costs calls, so that it is
 * not left for the next look; without the right to watch there are the looks alone.
 */
export function watchRegistration({ connection, log, onChange }: WatchRegistrationOptions): () => Promise<void> {
  const reflector = createReflector({
    connection, path, log, clock: monotonicClock, random: Math.random, metadataOnly: true,
    // A right to list and watch is bound to a name where the request is.
    query: { fieldSelector: `metadata.name=${configurationName}` },
    parse: () => true,
    consumer: { replace: onChange, apply: onChange, remove: onChange },
  })
  reflector.start()
  return () => reflector.stop()
}
