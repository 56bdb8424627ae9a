import type { Server } from 'node:https'
import type { FastifyInstance } from 'fastify'

/** Stops listening, answers the requests under way, and cuts what is open after so many milliseconds. */
export async function closeWithin(app: FastifyInstance<Server>, milliseconds: number): Promise<void> {
  const cut = setTimeout(() => app.server.closeAllConnections(), milliseconds)
  try {
    await app.close()
  } finally {
    clearTimeout(cut)
  }
}
