import { isIP } from 'node:net'
import { environmentVariable, serveFlags, type FlagName } from './serve-flags.ts'

/** What `versprei serve` runs by: validated once, then frozen. */
export interface Configuration {
  readonly host: string
  readonly port: number
  readonly metricsPort: number
  readonly certificates: string
  readonly kubeconfig: string | undefined
  readonly context: string | undefined
  readonly manifests: string | undefined
  readonly webhookUrl: URL | undefined
  /** Milliseconds. */
  readonly drain: number
  readonly logLevel: LogLevel
}

const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const
type LogLevel = typeof logLevels[number]

export type Environment = Readonly<Record<string, string | undefined>>

type Texts = Partial<Record<FlagName, string>>

/** An hour: a pod that takes longer to go has been killed long since. */
const longestDrain = 3600

/**
 * The configuration from flags, else environment variables (an empty one counts as unset), else defaults; or every mistake,
 * each with the flag or the variable that it stands in.
 */
export function parseConfiguration(flags: Texts, environment: Environment):
  { readonly configuration: Configuration } | { readonly mistakes: readonly string[] } {
  const mistakes: string[] = []
  const read = <T>(name: FlagName, parse: (text: string) => T | undefined, wanted: string): T | undefined => {
    const variable = environmentVariable(name)
    const text = flags[name] ?? (environment[variable] || undefined) ?? serveFlags.find(flag => flag.name === name)?.default
    if (text === undefined) return undefined
    const value = parse(text)
    const where = flags[name] === undefined ? variable : `--${name}`
    if (value === undefined) mistakes.push(`${where}: ${JSON.stringify(text)} is not ${wanted}`)
    return value
  }
  const text = (name: FlagName): string | undefined => read(name, value => (value === '' ? undefined : value), 'a value: it is empty')
  const port = (name: FlagName): number => read(name, value => parseWhole(value, 65_535), 'a port: a number from 0 to 65535') ?? 0
  const configuration: Configuration = {
    host: read('host', parseHost, 'an IP address or localhost') ?? '',
    port: port('port'),
    metricsPort: port('metrics-port'),
    certificates: text('certificates') ?? '',
    kubeconfig: text('kubeconfig') ?? (environment['KUBECONFIG'] || undefined),
    context: text('context'),
    manifests: text('manifests'),
    webhookUrl: read('webhook-url', parseWebhookUrl, 'an https URL without user, query and fragment, such as https://192.0.2.1:8443/mutate'),
    drain: (read('drain', value => parseWhole(value, longestDrain), `a number of seconds from 0 to ${longestDrain}`) ?? 0) * 1000,
    logLevel: read('log-level', value => logLevels.find(level => level === value), `one of ${logLevels.join(', ')}`) ?? 'info',
  }
  mistakes.push(...contradictions(flags, configuration))
  return mistakes.length === 0 ? { configuration: Object.freeze(configuration) } : { mistakes }
}

function contradictions(flags: Texts, { manifests, webhookUrl, context, port, metricsPort }: Configuration): string[] {
  const clusterFlags = [
    ...(flags.kubeconfig === undefined ? [] : ['--kubeconfig']), ...(context === undefined ? [] : ['--context']),
    ...(webhookUrl === undefined ? [] : ['--webhook-url']),
  ]
  return [
    ...(manifests === undefined ? [] : clusterFlags.map(flag => `${flag}: needs a cluster, and --manifests serves without one; leave one of them out`)),
    ...(port !== 0 && port === metricsPort ? [`--metrics-port: ${port} is --port already; choose another`] : []),
  ]
}

function parseWhole(text: string, most: number): number | undefined {
  return /^\d{1,6}$/u.test(text) && Number(text) <= most ? Number(text) : undefined
}

function parseHost(text: string): string | undefined {
  return isIP(text) !== 0 || text === 'localhost' ? text : undefined
}

/** The API server wants https, and neither user, query nor fragment (apiserver `webhook.ValidateWebhookURL`). */
function parseWebhookUrl(text: string): URL | undefined {
  const url = URL.parse(text)
  if (url === null || url.protocol !== 'https:' || url.username !== '' || url.password !== '') return undefined
  if (url.search !== '' || url.hash !== '') return undefined
  if (url.pathname === '/') url.pathname = '/mutate'
  return url
}
