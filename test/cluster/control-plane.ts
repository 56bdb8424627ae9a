import { spawn } from 'node:child_process'
import { access, mkdtemp, writeFile } from 'node:fs/promises'
import { homedir, tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { text } from 'node:stream/consumers'

export interface Workplace {
  /** Where logs are kept, and `pids`: one "PID NAME" a line. */
  readonly folder: string
  /** Stops every listed process that still runs and removes the folder. */
  readonly close: () => Promise<void>
}

export interface ControlPlane {
  readonly kubeconfig: string
  /** PATH with the control plane's kubectl in front, or, for a supplied cluster, behind. */
  readonly path: string
  readonly supplied: boolean
}

interface Environment {
  readonly env: NodeJS.ProcessEnv
  readonly signal: AbortSignal
  /** Whether the control plane gives way to what is under test. Not where its own times are measured: whoever gives way waits. */
  readonly givesWay?: boolean
}

const scripts = join(import.meta.dirname, 'control-plane')

/**
 * A temporary folder and a guard over it: a process in a session of its own, which stops what is listed as soon as its
 * standard input closes. The kernel closes that, too, when this process is killed, so nothing outlives a run.
 */
export const openWorkplace = async (): Promise<Workplace> => {
  const folder = await mkdtemp(join(tmpdir(), 'versprei-cluster-'))
  await writeFile(join(folder, 'pids'), '')
  const guard = spawn('bash', ['-c', 'trap "" INT TERM HUP; cat >/dev/null; exec "$0" "$1"', join(scripts, 'down.sh'), folder], {
    detached: true, stdio: ['pipe', 'ignore', 'inherit'],
  })
  const gone = new Promise<void>((resolve, reject) => {
    guard.on('error', reject).on('close', code => {
      if (code === 0) resolve()
      else reject(new Error(`down.sh ended with ${code}: look at ${folder}`))
    })
  })
  gone.catch(() => undefined)
  return { folder, close: async () => { guard.stdin.end(); await gone } }
}

/** Before a command, it gives way to what is under test; see there. */
export const giveWay = join(scripts, 'give-way.sh')

/** Runs a script in a process group of its own, all of which is ended on abort; returns the last line it printed. */
const runScript = async (name: string, args: readonly string[], { env, signal, givesWay = true }: Environment): Promise<string> => {
  signal.throwIfAborted()
  const script = join(scripts, name)
  const [program, ...rest] = givesWay ? [giveWay, script, ...args] as const : [script, ...args] as const
  const child = spawn(program, rest, { env, detached: true, stdio: ['ignore', 'pipe', 'inherit'] })
  const stop = () => { if (child.pid !== undefined) process.kill(-child.pid) }
  signal.addEventListener('abort', stop)
  const ended = new Promise<number | null>((resolve, reject) => { child.on('error', reject).on('exit', resolve) })
  const [code, output] = await Promise.all([ended, text(child.stdout)]).finally(() => { signal.removeEventListener('abort', stop) })
  signal.throwIfAborted()
  if (code !== 0) throw new Error(`${name} ended with exit code ${code}`)
  return output.trimEnd().split('\n').at(-1) ?? ''
}

/** The cluster that KUBECONFIG_TEST names; nothing is built or started for it. @throws when the file cannot be read. */
const useSupplied = async (kubeconfig: string, env: NodeJS.ProcessEnv): Promise<ControlPlane> => {
  await access(kubeconfig).catch(cause => {
    throw new Error(`KUBECONFIG_TEST names ${kubeconfig}, which cannot be read: the kubeconfig of a disposable cluster is expected`, { cause })
  })
  const built = join(env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'versprei/control-plane')
  return { kubeconfig, path: `${env['PATH']}${delimiter}${built}`, supplied: true }
}

/** Builds a control plane, unless that has been done before, and starts it in `folder`, whose guard stops it. */
const startOwn = async (folder: string, at: Environment, say: (line: string) => void): Promise<ControlPlane> => {
  const { env } = at
  const built = await runScript('build.sh', [], { ...at, givesWay: false })
  const path = `${built}${delimiter}${env['PATH']}`
  const begin = performance.now()
  const kubeconfig = await runScript('up.sh', [folder], { ...at, env: { ...env, CONTROL_PLANE_BIN: built, PATH: path } })
  say(`control plane started in ${((performance.now() - begin) / 1000).toFixed(1)} s`)
  return { kubeconfig, path, supplied: false }
}

/** The API server to test on: the disposable one that KUBECONFIG_TEST names, or one of our own. */
export const openControlPlane = async (folder: string, at: Environment, say: (line: string) => void): Promise<ControlPlane> => {
  const supplied = at.env['KUBECONFIG_TEST']
  return supplied === undefined || supplied === '' ? startOwn(folder, at, say) : useSupplied(supplied, at.env)
}

/** Adds kwok nodes; a label with several values (`zone=a,b,c`) takes them in turn. */
export const addNodes = async (prefix: string, count: number, labels: readonly string[], at: Environment): Promise<void> => {
  await runScript('nodes.sh', [prefix, `${count}`, ...labels], at)
}
