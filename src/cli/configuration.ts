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
  /** The flag, or the variable where the flag was not given. */
  const where = (name: FlagName): string => (flags[name] === undefined ? environmentVariable(name) : `--${name}`)
  const read = <T>(name: FlagName, parse: (text: string) => T | undefined, wanted: string): T | undefined => {
    const text = flags[name] ?? (environment[environmentVariable(name)] || undefined) ?? serveFlags.find(flag => flag.name === name)?.default
    if (text === undefined) return undefined
    const value = parse(text)
    if (value === undefined) mistakes.push(`${where(name)}: ${JSON.stringify(text)} is not ${wanted}`)
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
  mistakes.push(...contradictions(configuration, flags.kubeconfig !== undefined, where))
  return mistakes.length === 0 ? { configuration: Object.freeze(configuration) } : { mistakes }
}

/** A variable that names a kubeconfig may be there for other programs; a flag is meant for this one. */
function contradictions(
  { manifests, webhookUrl, context, port, metricsPort }: Configuration, kubeconfigGiven: boolean, where: (name: FlagName) => string,
): string[] {
  const clusterFlags: readonly FlagName[] = [
    ...(kubeconfigGiven ? ['kubeconfig' as const] : []), ...(context === undefined ? [] : ['context' as const]),
    ...(webhookUrl === undefined ? [] : ['webhook-url' as const]),
  ]
  const samePort = port !== 0 && port === metricsPort
  return [
    ...(manifests === undefined ? [] : clusterFlags.map(name =>
      `${where(name)}: needs a cluster, and ${where('manifests')} serves without one; leave one of them out`)),
    ...(samePort ? [`${where('metrics-port')}: ${port} is the port for the API server already; choose another`] : []),
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
