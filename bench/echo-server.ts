import { readFileSync } from 'node:fs'
import fastify from 'fastify'
import { recordedPatch } from './world.ts'

/**
 * The yardstick: the least that a Fastify server over TLS does with a review. It parses the same body by Fastify's own parser
 * and answers a constant patch, as long as ours, with the review's uid.
 */
const [certificates] = process.argv.slice(2)
const patch = recordedPatch()
const app = fastify({
  https: {
    cert: readFileSync(`${certificates}/tls.crt`), key: readFileSync(`${certificates}/tls.key`), minVersion: 'TLSv1.2',
  },
  keepAliveTimeout: 120_000,
})
app.post<{ Body: { request: { uid: string } } }>('/mutate', (request, reply) => reply.send({
  apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview',
  response: { uid: request.body.request.uid, allowed: true, patchType: 'JSONPatch', patch },
}))
process.on('disconnect', () => process.exit())
process.send?.(await app.listen({ host: '127.0.0.1', port: 0 }))
