import { spawn, type ChildProcess } from 'node:child_process'
import { appendFile, mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Test } from 'tap'
import { metric, readApi, requestApi } from './cluster.ts'
import { waitFor } from './wait-for.ts'

export interface Versprei {
  /** Where the API server calls it. */
  readonly url: string
  /** Without a path: /metrics, /readyz and /healthz are below it. */
  readonly metricsUrl: string
}

export interface RunningVersprei extends Versprei {
  readonly process: ChildProcess
  /** SIGTERM, by its own process id. @throws unless it then ends by itself with exit code 0. */
  readonly stop: () => Promise<void>
}

export interface VerspreiOptions {
  /** Added to `serve`'s own: `['--drain', '2']`. */
  readonly flags?: readonly string[]
  /** Where it listens on 127.0.0.1; one that is free by default. */
  readonly port?: number
}

interface Registration { readonly webhooks?: readonly { readonly name: string, readonly clientConfig: { readonly url?: string } }[] }

/** What is served: the source as it stands, or what VERSPREI_ENTRY names (dist/main.js of a build). */
export const entry = process.env['VERSPREI_ENTRY'] ?? join(import.meta.dirname, '../../src/main.ts')
/** Milliseconds: longer than a start, or a drain, on a busy machine. */
const timeout = 30_000
const keptLines = 100

/** Listed here, a process is stopped by its id even if all that started it is killed; `name` is part of its command line. */
export const listProcess = async (pid: number | undefined, name: string): Promise<void> => {
  const folder = process.env['VERSPREI_TEST_FOLDER']
  if (folder !== undefined && pid !== undefined) await appendFile(join(folder, 'pids'), `${pid} ${name}\n`)
}

/** A port that nobody listens on: the URL to register has to be known before it is served. */
export const findPort = async (): Promise<number> => {
  const server = createServer()
  await new Promise<void>((resolve, reject) => { server.on('error', reject).listen(0, '127.0.0.1', resolve) })
  const address = server.address()
  await new Promise(resolve => { server.close(resolve) })
  if (typeof address !== 'object' || address === null) throw new Error('the listener has no port')
  return address.port
}

/** The addresses from the line that the server logs once it listens; undefined for any other line. */
export const parseServing = (line: string): Versprei | undefined => {
  if (!line.startsWith('{')) return undefined
  const logged: { readonly msg?: string } & Versprei = JSON.parse(line)
  return logged.msg === 'serving' ? logged : undefined
}

/** A pod as a ReplicaSet would create it: one that no rule of the webhook's leaves unsent. */
export const probe = {
  metadata: {
    name: 'versprei-test-probe',
    ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'versprei-test-probe-0', uid: '0', controller: true }],
  },
  spec: { containers: [{ name: 'probe', image: 'probe' }] },
}

/**
 * The API server acts on a new entry a moment after it has stored it. So pods are created with dryRun until a call has been
 * answered: its own count of answers by 200 goes up.
 */
const waitUntilCalled = async (url: string): Promise<void> => {
  const path = '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations/versprei'
  const name = await waitFor(`Versprei's one webhook is registered at ${url}`, async () => {
    const webhooks = (await readApi<Registration>(path))?.webhooks ?? []
    return webhooks.length === 1 && webhooks[0]?.clientConfig.url === url && webhooks[0].name
  }, { timeout })
  const answered = async () => metric('apiserver_admission_webhook_request_total', { name, code: '200' })
  const before = await answered()
  await waitFor(`the API server calls ${url}`, async () => {
    await requestApi('POST', '/api/v1/namespaces/default/pods?dryRun=All', { body: probe })
    return await answered() > before
  }, { timeout })
}

/**
 * Starts a Versprei on loopback and waits until it is ready, registered, and called by the API server that KUBECONFIG names.
 *
 * @throws with the end of its log when it does not get there.
 */
export const launchVersprei = async ({ flags = [], port: wanted }: VerspreiOptions = {}): Promise<RunningVersprei> => {
  const certificates = await mkdtemp(join(process.env['VERSPREI_TEST_FOLDER'] ?? tmpdir(), 'versprei-certificates-'))
  const port = wanted ?? await findPort()
  const url = `https://127.0.0.1:${port}/mutate`
  const child = spawn(process.execPath, [
    entry, 'serve', '--kubeconfig', process.env['KUBECONFIG'] ?? '', '--host', '127.0.0.1', '--port', `${port}`, '--metrics-port', '0',
    '--certificates', certificates, '--webhook-url', url, ...flags,
  ], { stdio: ['ignore', 'pipe', 'pipe'] })
  await listProcess(child.pid, entry)
  const ended = new Promise<string>(resolve => {
    child.on('error', error => { resolve(error.message) }).on('close', (code, signal) => { resolve(signal ?? `exit code ${code}`) })
  })
  const log: string[] = []
  let metricsUrl: string | undefined
  const keep = (line: string) => { log.push(line); log.splice(0, log.length - keptLines) }
  createInterface({ input: child.stderr }).on('line', keep)
  createInterface({ input: child.stdout }).on('line', line => { keep(line); metricsUrl ??= parseServing(line)?.metricsUrl })
  const fail = (what: string, cause?: unknown) => new Error(`${what}; the end of its log:\n${log.join('\n')}`, { cause })

  const end = async (signal: NodeJS.Signals) => {
    child.kill(signal)
    const late = setTimeout(() => child.kill('SIGKILL'), timeout)
    const how = await ended
    clearTimeout(late)
    await rm(certificates, { recursive: true, force: true })
    return how
  }
  try {
    const started = waitFor('Versprei is ready', async () =>
      metricsUrl !== undefined && (await fetch(`${metricsUrl}/readyz`)).status === 200 && metricsUrl, { timeout })
    const served = await Promise.race([started, ended.then(how => { throw new Error(`it ended with ${how}`) })])
    await waitUntilCalled(url)
    const stop = async () => {
      const how = await end('SIGTERM')
      if (how !== 'exit code 0') throw fail(`Versprei ended with ${how} after SIGTERM, where exit code 0 was expected`)
    }
    return { url, metricsUrl: served, process: child, stop }
  } catch (cause) {
    await end('SIGKILL')
    throw fail(`Versprei did not start: ${cause instanceof Error ? cause.message : String(cause)}`, cause)
  }
}

/** A Versprei for one test alone, stopped after it. Only in files named *.alone.test.ts: there is one registration in a cluster. */
export const startVersprei = async (t: Pick<Test, 'teardown'>, options: VerspreiOptions = {}): Promise<RunningVersprei> => {
  const versprei = await launchVersprei(options)
  t.teardown(() => versprei.stop())
  return versprei
}

/** The Versprei that serves all test files but *.alone.test.ts. @throws in one of those, and outside `npm run test:cluster`. */
export const sharedVersprei = (): Versprei => {
  const { VERSPREI_TEST_URL: url, VERSPREI_TEST_METRICS_URL: metricsUrl } = process.env
  if (url === undefined || metricsUrl === undefined) throw new Error('no Versprei is shared here: npm run test:cluster starts one')
  return { url, metricsUrl }
}
