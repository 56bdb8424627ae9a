import { isIP } from 'node:net'
import { reviewPath, type NamespaceRequirement } from '../controllers/webhook-entry.ts'
import { parseNamespaceSelector } from './namespace-selector.ts'
import { environmentVariable, serveFlags, type FlagName } from './serve-flags.ts'

/** What `versprei serve` runs by: validated once, then frozen. */
export interface Configuration {
  readonly host: string
  readonly port: number
  readonly metricsPort: number
  readonly certificates: string
  readonly certificateSecret: string | undefined
  readonly clientCa: string | undefined
  /** Empty: any name. */
  readonly clientNames: readonly string[]
  readonly kubeconfig: string | undefined
  readonly context: string | undefined
  readonly manifests: string | undefined
  readonly webhookUrl: URL | undefined
  /** Empty: every namespace that is not left out by itself. */
  readonly namespaceSelector: readonly NamespaceRequirement[]
  /** Undefined: our own namespace's, or none. */
  readonly leaseNamespace: string | undefined
  readonly peerHost: string | undefined
  readonly peerPort: number
  readonly adoption: boolean
  readonly distributorMetrics: boolean
  /** Milliseconds. */
  readonly drain: number
  readonly logLevel: LogLevel
  /** What the user used for each flag, for mistakes found later: the variable, or the flag itself. */
  readonly names: Readonly<Record<FlagName, string>>
}

const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const
type LogLevel = typeof logLevels[number]

export type Environment = Readonly<Record<string, string | undefined>>

type Texts = Partial<Record<FlagName, string>>

const webhookUrlRule = `https://HOST:PORT${reviewPath}: no other path is served, and user, query and fragment cannot be`

/** An hour: a pod that takes longer to go has been killed long since. */
const longestDrain = 3600

/** Flags that cannot be run by. */
export interface Misread {
  /** Each with the flag or the variable that it stands in. */
  readonly mistakes: readonly string[]
  /** What could be read, with the defaults for what could not: to look for further mistakes by, never to serve by. */
  readonly readable: Configuration
  /** What could not: its default is nobody's wish. */
  readonly broken: readonly FlagName[]
}

/**
 * The configuration from flags, else environment variables (an empty one counts as unset), else defaults; or every mistake beside what
 * could be read.
 */
export function parseConfiguration(flags: Texts, environment: Environment): { readonly configuration: Configuration } | Misread {
  const mistakes: string[] = []
  const broken: FlagName[] = []
  const given: Texts = Object.fromEntries(serveFlags.map(({ name }) =>
    [name, flags[name] ?? (environment[environmentVariable(name)] || undefined)]))
  const names = nameFlags(flags, given)
  const read = <T>(name: FlagName, parse: (text: string) => T | undefined, wanted: string): T | undefined => {
    const text = given[name]
    const value = text === undefined ? undefined : parse(text)
    if (value !== undefined) return value
    if (text !== undefined) {
      mistakes.push(`${names[name]}: ${JSON.stringify(text)} is not ${wanted}`)
      broken.push(name)
    }
    const byDefault = serveFlags.find(flag => flag.name === name)?.default
    return byDefault === undefined ? undefined : parse(byDefault)
  }
  const text = (name: FlagName): string | undefined => read(name, value => (value === '' ? undefined : value), 'a value: it is empty')
  const port = (name: FlagName): number => read(name, value => parseWhole(value, 65_535), 'a port: a number from 0 to 65535') ?? 0
  const configuration: Configuration = {
    host: read('host', parseHost, 'an IP address or localhost') ?? '',
    port: port('port'),
    metricsPort: port('metrics-port'),
    certificates: text('certificates') ?? '',
    certificateSecret: read('certificate-secret', parseName, `a name: lower-case letters, digits, dashes and dots, at most ${longestName}`),
    clientCa: text('client-ca'),
    clientNames: read('client-name', parseNames, 'names with commas between them, none of them empty') ?? [],
    kubeconfig: text('kubeconfig') ?? (environment['KUBECONFIG'] || undefined),
    context: text('context'),
    manifests: text('manifests'),
    webhookUrl: read('webhook-url', parseWebhookUrl, webhookUrlRule),
    namespaceSelector: readSelector(given, names, mistakes, broken),
    leaseNamespace: read('lease-namespace', parseNamespace, 'a namespace: lower-case letters, digits and dashes, at most 63'),
    peerHost: read('peer-host', parseAddress, 'an IP address, or localhost; :: and 0.0.0.0 are no place to reach anyone at'),
    peerPort: port('peer-port'),
    adoption: read('adoption', parseSwitch, 'on or off') ?? true,
    distributorMetrics: read('distributor-metrics', parseSwitch, 'on or off') ?? false,
    drain: (read('drain', value => parseWhole(value, longestDrain), `a number of seconds from 0 to ${longestDrain}`) ?? 0) * 1000,
    logLevel: read('log-level', value => logLevels.find(level => level === value), `one of ${logLevels.join(', ')}`) ?? 'info',
    names,
  }
  mistakes.push(...contradictions(configuration, flags, given, broken))
  return mistakes.length === 0 ? { configuration: Object.freeze(configuration) } : { mistakes, readable: configuration, broken }
}

/** Its mistakes are told one by one: a selector has many parts. */
function readSelector(
  given: Texts, names: Configuration['names'], mistakes: string[], broken: FlagName[],
): readonly NamespaceRequirement[] {
  const selector = parseNamespaceSelector(given['namespace-selector'] ?? '{}')
  if ('requirements' in selector) return selector.requirements
  mistakes.push(...selector.mistakes.map(mistake => `${names['namespace-selector']}: ${mistake}`))
  broken.push('namespace-selector')
  return []
}

function nameFlags(flags: Texts, given: Texts): Configuration['names'] {
  const name = (flag: FlagName): string =>
    flags[flag] === undefined && given[flag] !== undefined ? environmentVariable(flag) : `--${flag}`
  return {
    'host': name('host'), 'port': name('port'), 'metrics-port': name('metrics-port'), 'certificates': name('certificates'),
    'certificate-secret': name('certificate-secret'), 'client-ca': name('client-ca'), 'client-name': name('client-name'),
    'kubeconfig': name('kubeconfig'), 'context': name('context'), 'manifests': name('manifests'), 'webhook-url': name('webhook-url'),
    'namespace-selector': name('namespace-selector'), 'lease-namespace': name('lease-namespace'),
    'peer-host': name('peer-host'), 'peer-port': name('peer-port'),
    'adoption': name('adoption'), 'distributor-metrics': name('distributor-metrics'),
    'drain': name('drain'), 'log-level': name('log-level'),
  }
}

/** A variable that names a kubeconfig may be there for other programs; a flag is meant for this one. */
function contradictions(
  { manifests, port, metricsPort, peerPort, names }: Configuration, flags: Texts, given: Texts, broken: readonly FlagName[],
): string[] {
  const clusterFlags = (['kubeconfig', 'context', 'webhook-url', 'namespace-selector', 'lease-namespace', 'certificate-secret'] as const)
    .filter(name => (name === 'kubeconfig' ? flags : given)[name] !== undefined)
  const ports = { 'port': port, 'metrics-port': metricsPort, 'peer-port': peerPort }
  return [
    ...(manifests === undefined ? [] : clusterFlags.map(name =>
      `${names[name]}: needs a cluster, and ${names.manifests} does without one; leave one of them out`)),
    ...(given['client-name'] !== undefined && given['client-ca'] === undefined
      ? [`${names['client-name']}: a name counts only in a certificate that is asked for; ${names['client-ca']} is needed, too`] : []),
    ...([['port', 'metrics-port'], ['port', 'peer-port'], ['metrics-port', 'peer-port']] as const)
      .filter(([one, other]) => ports[one] !== 0 && ports[one] === ports[other] && !broken.includes(one) && !broken.includes(other))
      // Where only one of two ports was given, that one can be changed.
      .map(([one, other]) => (given[other] === undefined ? [one, other] as const : [other, one] as const))
      .map(([second, first]) => `${names[second]}: ${ports[second]} is the port for ${portUsers[first]} already; choose another`),
  ]
}

const portUsers = { 'port': 'the API server', 'metrics-port': 'metrics', 'peer-port': 'the other replicas' } as const

function parseWhole(text: string, most: number): number | undefined {
  return /^\d{1,6}$/u.test(text) && Number(text) <= most ? Number(text) : undefined
}

function parseHost(text: string): string | undefined {
  return isIP(text) !== 0 || text === 'localhost' ? text : undefined
}

function parseNamespace(text: string): string | undefined {
  return /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/u.test(text) ? text : undefined
}

/** A name of an object has at most 253 characters, and that of the peers' Secret is longer. */
const longestName = 200

function parseName(text: string): string | undefined {
  return text.length <= longestName && /^[a-z0-9]([-.a-z0-9]*[a-z0-9])?$/u.test(text) ? text : undefined
}

/** Blanks around a name are nobody's: in a list that people write they stand for order. */
function parseNames(text: string): readonly string[] | undefined {
  const names = text.split(',').map(name => name.trim())
  return names.includes('') ? undefined : names
}

function parseAddress(text: string): string | undefined {
  return text === '::' || text === '0.0.0.0' ? undefined : parseHost(text)
}

function parseSwitch(text: string): boolean | undefined {
  return text === 'on' ? true : text === 'off' ? false : undefined
}

/** The API server wants https, and neither user, query nor fragment (apiserver `webhook.ValidateWebhookURL`). */
function parseWebhookUrl(text: string): URL | undefined {
  const url = URL.parse(text)
  if (url === null || url.protocol !== 'https:' || url.username !== '' || url.password !== '') return undefined
  if (url.search !== '' || url.hash !== '') return undefined
  if (url.pathname === '/') url.pathname = reviewPath
  return url.pathname === reviewPath ? url : undefined
}
