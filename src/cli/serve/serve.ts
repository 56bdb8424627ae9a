import { destination, pino } from 'pino'
import { parseConfiguration, type Configuration, type Environment, type Misread } from '../configuration.ts'
import { messageOf } from '../message-of.ts'
import type { FlagName } from '../serve-flags.ts'
import { greet } from './greeting.ts'
import { prepare } from './prepare.ts'
import { startVersprei } from './versprei.ts'

export interface ServeIo {
  readonly environment: Environment
  readonly stdout: (text: string) => void
  readonly stderr: (text: string) => void
  /** From this call on signals do not end the process; resolves with each that asks it to end, the first and then the second. */
  readonly signals: () => readonly [Promise<NodeJS.Signals>, Promise<NodeJS.Signals>]
}

/**
 * `versprei serve`: answers the API server until a signal comes. Returns the exit code: 0 when it was asked to end, 1 when it
 * cannot listen, 2 when what it was given, the cluster included, cannot be served by; everything that is wrong is then listed at once.
 * `program` is what to type for this program, in the commands that are suggested.
 */
export async function serve(flags: Partial<Record<FlagName, string>>, io: ServeIo, program: string): Promise<number> {
  const fail = (code: number, lines: readonly string[]): number => {
    for (const line of lines) io.stderr(`versprei serve: ${line}\n`)
    return code
  }
  const parsed = parseConfiguration(flags, io.environment)
  const signals = io.signals()
  if ('mistakes' in parsed) return fail(2, [...parsed.mistakes, ...await furtherMistakes(signals[0], parsed, io.environment)])
  const { configuration } = parsed
  const prepared = await prepareUntil(signals[0], configuration, io.environment)
  if (prepared === undefined) return 0
  if ('mistakes' in prepared) return fail(2, prepared.mistakes)
  const log = pino({ level: configuration.logLevel }, destination({ dest: 1, sync: true }))
  try {
    const versprei = await startVersprei(configuration, prepared, log)
    const { certificates, manifests } = configuration
    if (manifests !== undefined) io.stdout(await greet({ ...versprei, certificates, manifests, program }))
    await versprei.stop(await untilDrained(configuration, signals, versprei.drain))
    return 0
  } catch (error) {
    return fail(1, [messageOf(error)])
  } finally {
    await prepared.connection?.close()
  }
}

/** What else is wrong, so that nobody has to mend the flags to hear of it. */
async function furtherMistakes(
  first: Promise<NodeJS.Signals>, { readable, broken }: Misread, environment: Environment,
): Promise<readonly string[]> {
  const prepared = await prepareUntil(first, readable, environment, broken)
  if (prepared === undefined) return []
  if ('mistakes' in prepared) return prepared.mistakes
  await prepared.connection?.close()
  return []
}

/** Undefined when it was asked to end before all was there; nothing is left under way then. */
async function prepareUntil(
  first: Promise<NodeJS.Signals>, configuration: Configuration, environment: Environment, broken?: Misread['broken'],
): Promise<Awaited<ReturnType<typeof prepare>> | undefined> {
  const ending = new AbortController()
  void first.then(() => ending.abort())
  const prepared = await prepare(configuration, environment, ending.signal, broken)
  if (!ending.signal.aborted) return prepared
  if ('connection' in prepared) await prepared.connection?.close()
  return undefined
}

/**
 * Waits for a signal, then answers on for as long as the API server may not have heard. At a terminal (SIGINT, or a second
 * signal) there is nothing to wait for.
 */
async function untilDrained(
  { drain }: Configuration, [first, second]: ReturnType<ServeIo['signals']>, begin: () => void,
): Promise<string> {
  const signal = await first
  begin()
  if (signal === 'SIGINT') return signal
  let timer: NodeJS.Timeout | undefined
  const waited = new Promise<void>(resolve => {
    timer = setTimeout(resolve, drain)
  })
  await Promise.race([waited, second])
  clearTimeout(timer)
  return signal
}
