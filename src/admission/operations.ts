import fastify, { type FastifyInstance } from 'fastify'
import type { Registry } from 'prom-client'
import { boundSideConnections, type SideOptions } from './connection-budget.ts'

export interface OperationsOptions extends SideOptions {
  readonly registry: Registry
  /** What keeps this Versprei from being called; empty: ready. */
  readonly unready: () => readonly string[]
  /** What /metrics tells beside the registry, in the same format; empty: nothing. */
  readonly more: () => Promise<string>
}

/** The plain-HTTP server for the kubelet's probes and for Prometheus, on a port of its own. */
export function createOperationsServer({ registry, unready, more, log, elapsed }: OperationsOptions): FastifyInstance {
  // Node looks only every 30 s by itself for requests that take too long.
  const app = fastify({ requestTimeout: 10_000, http: { connectionsCheckingInterval: 1000 }, forceCloseConnections: true })
  boundSideConnections(app.server, 'metrics and probes', { log, elapsed })
  app.get('/healthz', () => 'ok\n')
  app.get('/readyz', (_request, reply) => {
    const reasons = unready()
    if (reasons.length === 0) return reply.send('ok\n')
    return reply.code(503).send(`${reasons.map(reason => `not ready: ${reason}`).join('\n')}\n`)
  })
  app.get('/metrics', async (_request, reply) => reply.type(registry.contentType).send(`${await registry.metrics()}${await more()}`))
  return app
}
