import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdir, readdir, stat } from 'node:fs/promises'
import { basename, dirname, join, posix } from 'node:path'
import type { Stage, Step } from './dockerfile.ts'

/** What the machine's own connection to the registry is made of; nothing else of the environment is in a build. */
const passed = /^(?:PATH|HOME|npm_config_\w+|\w+_proxy|NODE_EXTRA_CA_CERTS|SSL_CERT_\w+)$/iu

export interface Build {
  /** The checkout. */
  readonly context: string
  /** The paths in it that the .dockerignore lets through. */
  readonly allowed: readonly string[]
  /** An empty folder: below it each stage has its own root. */
  readonly folder: string
  readonly say: (line: string) => void
}

const isFolder = (path: string): Promise<boolean> => stat(path).then(found => found.isDirectory(), () => false)

/** As Docker does: of a folder what is in it; into the target where that ends in a slash, or is a folder. */
const copyInto = async (source: string, target: string, isInto: boolean): Promise<void> => {
  if (await isFolder(source)) return cp(source, target, { recursive: true, verbatimSymlinks: true })
  const file = isInto || await isFolder(target) ? join(target, basename(source)) : target
  await mkdir(dirname(file), { recursive: true })
  return cp(source, file)
}

/** Runs one command line in a stage's folder, with the Node.js of these tests before all others. Rejects with what it printed when it fails. */
const runIn = async (cwd: string, command: string): Promise<void> => {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => passed.test(name)))
  const all = Object.entries({ ...env, PATH: `${dirname(process.execPath)}:${env['PATH']}` }).map(([name, value]) => `${name}=${value}`)
  // By `env -i`: tap gives every process of a test what it measures by.
  const child = spawn('env', ['-i', ...all, 'sh', '-ec', command], { cwd, stdio: ['ignore', 'pipe', 'pipe'] })
  let printed = ''
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => { printed += text })
  const [code] = await once(child, 'close')
  if (code !== 0) throw new Error(`${command}: exit code ${code}\n${printed}`)
}

const rootOf = ({ folder }: Build, stages: readonly Stage[], stage: Stage): string => join(folder, `${stages.indexOf(stage)}-${stage.name ?? 'last'}`)

const runStep = async (build: Build, stages: readonly Stage[], root: string, workdir: string, step: Step): Promise<string> => {
  const place = join(root, workdir)
  if (step.kind === 'WORKDIR') {
    const next = posix.resolve(workdir, step.text)
    await mkdir(join(root, next), { recursive: true })
    return next
  }
  if (step.kind === 'RUN') await runIn(place, step.text)
  if (step.kind === 'COPY') {
    const other = step.from === undefined ? undefined : stages.find(({ name }) => name === step.from)
    if (step.from !== undefined && other === undefined) throw new Error(`COPY: there is no stage ${step.from}`)
    for (const source of step.sources) {
      if (other === undefined && !build.allowed.some(path => `${source}/`.startsWith(`${path}/`))) throw new Error(`COPY: .dockerignore keeps ${source} away`)
      const from = other === undefined ? join(build.context, source) : join(rootOf(build, stages, other), source)
      await copyInto(from, join(root, posix.resolve(workdir, step.target)), step.target.endsWith('/'))
    }
  }
  return workdir
}

const buildStage = async (build: Build, stages: readonly Stage[], stage: Stage): Promise<string> => {
  const root = rootOf(build, stages, stage)
  await mkdir(root)
  let workdir = '/'
  for (const step of stage.steps) {
    const start = performance.now()
    workdir = await runStep(build, stages, root, workdir, step)
    if (step.kind === 'RUN') build.say(`${((performance.now() - start) / 1000).toFixed(1)} s: ${step.text}`)
  }
  return root
}

/**
 * Does what each stage says, in folders in place of its file systems: that of a base image is not there. Stages that the last one copies from
 * go side by side, as they do in BuildKit. Returns the root of the last.
 */
export const buildStages = async (build: Build, stages: readonly Stage[]): Promise<string> => {
  await Promise.all(stages.slice(0, -1).map(stage => buildStage(build, stages, stage)))
  const last = stages.at(-1)
  if (last === undefined) throw new Error('there is no stage')
  return buildStage(build, stages, last)
}

/** Every file below a folder by its path there, links and folders left out, with its size in bytes. */
export const filesBelow = async (folder: string): Promise<ReadonlyMap<string, number>> => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const paths = entries.filter(entry => entry.isFile()).map(entry => join(entry.parentPath, entry.name))
  return new Map(await Promise.all(paths.map(async path => [path.slice(folder.length), (await stat(path)).size] as const)))
}
