import { spawn, type ChildProcess } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Balancer, Endpoint } from './balancer.ts'
import { parseMetrics, type Sample } from './parse-metrics.ts'
import { listProcess, parseServing, type Versprei } from './versprei.ts'
import { waitFor } from './wait-for.ts'

/** One process of several that serve behind one address. */
export interface Replica {
  readonly process: ChildProcess
  readonly pid: number
  /** Where it answers the API server. */
  readonly url: string
  readonly metricsUrl: string
  /** Its place behind the balancer. */
  readonly endpoint: Endpoint
  /** SIGTERM, and its endpoint leaves; resolves when it has ended. @throws unless it ends by itself with exit code 0 */
  readonly stop: () => Promise<void>
  /** SIGKILL; resolves when it is gone. */
  readonly kill: () => Promise<void>
  /** SIGSTOP: it keeps its connections, and does nothing. */
  readonly freeze: () => void
  /** SIGCONT. */
  readonly thaw: () => void
  /** It runs, and is not frozen. */
  readonly isAwake: () => boolean
  readonly isGone: () => boolean
  /** @throws when it does not answer within two seconds */
  readonly metrics: () => Promise<readonly Sample[]>
}

export interface ReplicaOptions {
  /** The program: a file that Node runs. */
  readonly entry: string
  /** What follows `serve`. */
  readonly flags: readonly string[]
  readonly balancer: Balancer
}

/** Milliseconds: longer than a start, or a drain, on a busy machine. */
const timeout = 90_000
const keptLines = 200

/**
 * Starts one replica on ports of its own and puts it behind the balancer, once it listens; into the rotation it comes when it is ready.
 *
 * @throws with the end of its log when it does not get there
 */
export async function startReplica({ entry, flags, balancer }: ReplicaOptions): Promise<Replica> {
  const child = spawn(process.execPath, [entry, 'serve', ...flags], { stdio: ['ignore', 'pipe', 'pipe'] })
  await listProcess(child.pid, entry)
  const { ended, log, serving } = watchOver(child)
  const fail = (what: string) => new Error(`${what}; the end of its log:\n${log.join('\n')}`)
  const gone = ended.then(how => { throw fail(`a replica ended with ${how} before it served`) })
  const listening = waitFor('the replica listens', serving, { timeout })
  const { url, metricsUrl } = await Promise.race([listening, gone]).catch(async (cause: unknown) => {
    child.kill('SIGKILL')
    await ended
    throw cause
  })
  const endpoint = balancer.add({ port: Number(new URL(url).port), readyUrl: `${metricsUrl}/readyz` })
  let isFrozen = false
  const isGone = () => child.exitCode !== null || child.signalCode !== null
  const thaw = () => {
    child.kill('SIGCONT')
    isFrozen = false
  }
  const kill = async () => {
    child.kill('SIGKILL')
    await ended
    endpoint.remove()
  }
  const stop = async () => {
    if (isFrozen) thaw()
    endpoint.leave()
    child.kill('SIGTERM')
    const late = setTimeout(() => child.kill('SIGKILL'), timeout)
    const how = await ended
    clearTimeout(late)
    endpoint.remove()
    if (how !== 'exit code 0') throw fail(`a replica ended with ${how} after SIGTERM, where exit code 0 was expected`)
  }
  return {
    process: child, pid: child.pid ?? 0, url, metricsUrl, endpoint, stop, kill, thaw, isGone,
    freeze: () => {
      child.kill('SIGSTOP')
      isFrozen = true
    },
    isAwake: () => !isFrozen && !isGone(),
    async metrics() {
      const answer = await fetch(`${metricsUrl}/metrics`, { signal: AbortSignal.timeout(2000) })
      return parseMetrics(await answer.text())
    },
  }
}

/** Keeps the end of what a process logs, and how it ended. */
function watchOver(child: ChildProcess) {
  const ended = new Promise<string>(resolve => {
    child.on('error', error => { resolve(error.message) }).on('close', (code, signal) => { resolve(signal ?? `exit code ${code}`) })
  })
  const log: string[] = []
  let serving: Versprei | undefined
  const keep = (line: string): void => {
    log.push(line)
    log.splice(0, log.length - keptLines)
    serving ??= parseServing(line)
  }
  for (const stream of [child.stdout, child.stderr]) if (stream !== null) createInterface({ input: stream }).on('line', keep)
  return { ended, log, serving: () => serving }
}
