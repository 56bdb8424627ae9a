import { spawn } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { parseAllDocuments } from 'yaml'

/** Of an object as Kubernetes has it, what these tests look at. */
export interface Manifest {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: {
    readonly name: string
    readonly namespace?: string
    readonly labels?: Readonly<Record<string, string>>
    readonly annotations?: Readonly<Record<string, string>>
  }
  readonly spec?: Readonly<Record<string, unknown>>
}

export interface HelmResult { readonly code: number | null, readonly output: string, readonly errors: string }

/** What a user gives to a chart. */
export type Values = Readonly<Record<string, unknown>>

export const chart = join(import.meta.dirname, '../../charts/versprei')
/** Its caches and settings go with the run. */
const home = join(process.env['VERSPREI_TEST_FOLDER'] ?? tmpdir(), 'helm')

/** Runs helm, with values on its standard input where there are some; whatever it ends with is an answer. */
export async function tryHelm(args: readonly string[], values?: Values): Promise<HelmResult> {
  const env = { ...process.env, HELM_CACHE_HOME: home, HELM_CONFIG_HOME: home, HELM_DATA_HOME: home }
  const child = spawn('helm', values === undefined ? args : [...args, '--values=-'], { env, stdio: 'pipe' })
  child.stdin.on('error', () => undefined).end(values === undefined ? '' : JSON.stringify(values))
  const ended = new Promise<number | null>((resolve, reject) => { child.on('error', reject).on('close', resolve) })
  const [code, output, errors] = await Promise.all([ended, text(child.stdout), text(child.stderr)])
  return { code, output, errors }
}

/** As `tryHelm`; returns what helm printed. @throws with its error output unless it ends well */
export async function helm(args: readonly string[], values?: Values): Promise<string> {
  const { code, output, errors } = await tryHelm(args, values)
  if (code !== 0) throw new Error(`helm ${args.join(' ')} ended with ${code}: ${errors.trim()} ${output.trim()}`)
  return output
}

/** The objects in a text of several YAML documents. */
export const parseManifests = (yaml: string): readonly Manifest[] => {
  const documents = parseAllDocuments(yaml)
  return (Array.isArray(documents) ? documents : []).map(document => document.toJS() as Manifest | null).filter(object => object !== null)
}

/** The objects that the chart makes of these values. */
export const render = async (values: Values = {}, namespace = 'versprei-system'): Promise<readonly Manifest[]> =>
  parseManifests(await helm(['template', 'versprei', chart, '--namespace', namespace], values))

/** @throws when there is no such object */
export function find(objects: readonly Manifest[], kind: string, name = 'versprei'): Manifest {
  const found = objects.find(object => object.kind === kind && object.metadata.name === name)
  if (found === undefined) throw new Error(`there is no ${kind} ${name}`)
  return found
}

export interface Variable { readonly name: string, readonly value?: string, readonly valueFrom?: object }

interface Container extends Readonly<Record<string, unknown>> {
  readonly args: readonly string[]
  readonly env: readonly Variable[]
}

export interface PodSpec extends Readonly<Record<string, unknown>> {
  readonly containers: readonly Container[]
  readonly volumes: readonly { readonly name: string }[]
}

/** The pods that a Deployment makes. */
export const podSpecOf = ({ spec }: Manifest): PodSpec => (spec as { readonly template: { readonly spec: PodSpec } }).template.spec
