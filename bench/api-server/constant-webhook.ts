import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { ensureCertificates } from '../../src/certificates/folder.ts'
import { createBalancer, type Balancer } from '../../test/cluster/balancer.ts'
import { callApi, requestApi } from '../../test/cluster/cluster.ts'
import type { Children } from '../children.ts'

/** The yardstick: the echo server, called by the API server for the pods of one namespace. */
export interface ConstantWebhook {
  /** By which the API server counts its calls. */
  readonly name: string
  readonly balancer: Balancer
  readonly close: () => Promise<void>
}

const configurations = '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations'
const configuration = 'versprei-bench-constant'

/** Registers the echo server, behind a balancer such as Versprei's, with the rules that Versprei's own entry has. */
export async function startConstantWebhook(
  children: Children, folder: string, namespace: string, onCall: (milliseconds: number) => void,
): Promise<ConstantWebhook> {
  const certificates = join(folder, 'constant')
  await ensureCertificates(certificates, { hosts: ['localhost', '127.0.0.1', '::1'], now: new Date() })
  const echo = await children.fork(join(import.meta.dirname, '../echo-server.ts'), [certificates])
  const balancer = await createBalancer({ onCall })
  // It says of itself that it is ready; Versprei is asked as often.
  const ready = createServer((_request, response) => response.end('ok\n'))
  const port = await new Promise<number>(resolve => {
    ready.listen(0, '127.0.0.1', () => {
      const bound = ready.address()
      resolve(typeof bound === 'object' && bound !== null ? bound.port : 0)
    })
  })
  balancer.add({ port: Number(new URL(String(echo.message)).port), readyUrl: `http://127.0.0.1:${port}/` })
  const name = 'constant.versprei.io'
  await requestApi('POST', configurations, {
    body: {
      metadata: { name: configuration },
      webhooks: [{
        name, admissionReviewVersions: ['v1'], failurePolicy: 'Ignore', sideEffects: 'None', timeoutSeconds: 3, reinvocationPolicy: 'Never',
        clientConfig: {
          url: `https://127.0.0.1:${balancer.port}/mutate`, caBundle: readFileSync(join(certificates, 'ca.crt')).toString('base64'),
        },
        rules: [{ operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['pods'], scope: 'Namespaced' }],
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
        matchConditions: [{ name: 'has-a-controller', expression: 'has(object.metadata.ownerReferences)' }],
      }],
    },
  })
  return {
    name, balancer,
    async close() {
      await callApi('DELETE', `${configurations}/${configuration}`)
      ready.close()
      ready.closeAllConnections()
      await balancer.close()
    },
  }
}
