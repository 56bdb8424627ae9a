import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Test } from 'tap'
import { start } from '../cli/process.ts'
import { metric } from '../cli/serve/serving.ts'
import type { Target } from './hostile-requests.ts'
import { startWellBehaved } from './well-behaved.ts'

const manifests = join(import.meta.dirname, 'manifests')
export const megabytes = (bytes: number): number => Math.round(bytes / 1024 / 1024)

/** The heap that Node gives itself in a container of 512 MiB, which is what config/deploy and the chart allow. */
const container = { NODE_OPTIONS: '--max-old-space-size=256' }

/** A Versprei in a process of its own, so that its time and memory are its own. */
export async function serve(t: Test): Promise<Target & { readonly metricsUrl: string }> {
  const certificates = await mkdtemp(join(tmpdir(), 'versprei-hostile-'))
  t.teardown(() => rm(certificates, { recursive: true }))
  const running = start(t, ['serve', '--manifests', manifests, '--certificates', certificates, '--host', '127.0.0.1', '--port', '0', '--metrics-port', '0'], container)
  const { url, metricsUrl = '' } = await running.logs('serving')
  return { port: Number(new URL(url ?? '').port), ca: await readFile(join(certificates, 'ca.crt'), 'utf8'), metricsUrl }
}

/**
 * Asks two, of which one is left in peace; `stop` gives how much slower than 99 of 100 answers of that one those of the other were, in
 * milliseconds: what the machine does to both is not the doing of whoever misbehaves.
 */
export async function compare(t: Test, { port, ca }: Target): Promise<{ readonly stop: () => Promise<number> }> {
  const calm = await serve(t)
  const [inPeace, disturbed] = [calm, { port, ca }].map(startWellBehaved)
  return { stop: async () => Math.max(0, await disturbed!.stop() - await inPeace!.stop()) }
}
export const memory = (url: string) => metric(url, 'process_resident_memory_bytes')
export const cpu = (url: string) => metric(url, 'process_cpu_seconds_total')
