import { spawn } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { requestApi, type Metadata } from './cluster.ts'
import type { Variable } from './helm.ts'
import { entry, listProcess } from './versprei.ts'

/** A pod, as far as a kubelet that runs nothing but Versprei has to read it. */
export interface ServingPod {
  readonly metadata: Metadata & { readonly namespace: string, readonly deletionGracePeriodSeconds?: number }
  readonly spec: {
    readonly nodeName?: string
    readonly serviceAccountName: string
    readonly containers: readonly {
      readonly name: string
      readonly image: string
      readonly args: readonly string[]
      readonly env: readonly Variable[]
      readonly ports: readonly { readonly name: string, readonly containerPort: number }[]
      readonly readinessProbe: { readonly httpGet: { readonly path: string, readonly port: string } }
    }[]
  }
}

export interface PodProcess {
  /** Its log so far, and how it ended. */
  readonly log: readonly string[]
  /** Such as `exit code 0`. */
  readonly ended: Promise<string>
  readonly isRunning: () => boolean
  readonly isReady: () => Promise<boolean>
  /** Where /metrics is read. */
  readonly metricsUrl: string
  readonly signal: (signal: NodeJS.Signals) => void
}

export interface Place {
  /** Of this machine's loopback, and of this pod alone: it stands for the pod's IP address. */
  readonly address: string
  /** A folder of this pod alone. */
  readonly folder: string
  readonly apiServer: { readonly host: string, readonly port: string, readonly certificate: string }
}

const preload = join(import.meta.dirname, 'service-account-mount.ts')

/** A token as a kubelet asks for: of the pod's service account, and good for as long as the pod is there. */
async function requestToken({ metadata: { namespace, name, uid }, spec }: ServingPod): Promise<string> {
  const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${spec.serviceAccountName}/token`
  const boundObjectRef = { apiVersion: 'v1', kind: 'Pod', name, uid }
  const { status } = await requestApi<{ readonly status: { readonly token: string } }>('POST', path, { body: { spec: { boundObjectRef } } })
  return status.token
}

const valueOf = ({ name, value = '', valueFrom }: Variable, address: string): string => {
  if (valueFrom === undefined) return value
  if (JSON.stringify(valueFrom).includes('"status.podIP"')) return address
  throw new Error(`${name}: this kubelet knows status.podIP alone`)
}

/**
 * Runs a pod's container as a process, by the very arguments and variables of the pod. Outside a container differ: it listens on the pod's
 * address alone (--host), for it shares this machine's network; its folder of certificates, and that of its service account, are
 * elsewhere; it runs as who runs the tests, from this checkout and not from the image.
 */
export async function startPodProcess(pod: ServingPod, { address, folder, apiServer }: Place): Promise<PodProcess> {
  const files = join(folder, 'service-account')
  await mkdir(files, { recursive: true })
  await Promise.all(Object.entries({ token: await requestToken(pod), namespace: pod.metadata.namespace, 'ca.crt': apiServer.certificate })
    .map(([name, text]) => writeFile(join(files, name), text, { mode: 0o600 })))
  const [container] = pod.spec.containers
  if (container === undefined) throw new Error(`${pod.metadata.name} has no container`)
  const env = {
    ...Object.fromEntries(container.env.map(variable => [variable.name, valueOf(variable, address)])),
    VERSPREI_CERTIFICATES: join(folder, 'certificates'), POD_FILES: files,
    KUBERNETES_SERVICE_HOST: apiServer.host, KUBERNETES_SERVICE_PORT: apiServer.port,
  }
  const args = ['--import', preload, entry, ...container.args, '--host', address]
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'pipe'] })
  await listProcess(child.pid, entry)
  const log: string[] = []
  for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream }).on('line', line => { log.push(line) })
  const { path, port } = container.readinessProbe.httpGet
  const probed = container.ports.find(({ name }) => name === port)?.containerPort
  return {
    log,
    ended: new Promise(resolve => {
      child.on('error', error => { resolve(error.message) }).on('close', (code, signal) => { resolve(signal ?? `exit code ${code}`) })
    }),
    isRunning: () => child.exitCode === null && child.signalCode === null,
    isReady: () => fetch(`http://${address}:${probed}${path}`, { signal: AbortSignal.timeout(1000) })
      .then(({ status }) => status === 200, () => false),
    metricsUrl: `http://${address}:${probed}`,
    signal: signal => { child.kill(signal) },
  }
}
