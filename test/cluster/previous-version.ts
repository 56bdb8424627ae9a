import { execFile } from 'node:child_process'
import { mkdtemp, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Test } from 'tap'
import type { Version } from './replicas.ts'
import { entry } from './versprei.ts'

/** What is upgraded from. */
export interface PreviousVersion extends Version {
  /** Which one it is, and, where it is none before this one, why. */
  readonly name: string
}

const run = promisify(execFile)
const root = join(import.meta.dirname, '../..')
/** What git says, without the end of the line; undefined when it cannot, or there is no git. */
const ask = async (...args: readonly string[]): Promise<string | undefined> => {
  const answer = await run('git', ['-C', root, ...args]).catch(() => undefined)
  return answer?.stdout.trim()
}

/**
 * The version before the one that is checked out: the newest tag that is not this commit's own; else, while nothing was released, the
 * newest commit of the main line whose source is another than the one that runs here. Undefined without a history, as in a shallow clone.
 */
async function findPrevious(): Promise<string | undefined> {
  const tag = await ask('describe', '--tags', '--abbrev=0', 'HEAD^')
  if (tag !== undefined) return tag
  const isChanged = await ask('diff', '--quiet', 'HEAD', '--', 'src') === undefined
  const lastChange = await ask('log', '-1', '--first-parent', '--format=%H', '--', 'src')
  if (lastChange === undefined || lastChange === '') return undefined
  return isChanged ? lastChange : ask('rev-parse', '--verify', '--quiet', `${lastChange}^`)
}

/** The flags of `serve`, by its own help. */
async function flagsOf(program: string): Promise<ReadonlySet<string>> {
  const { stdout } = await run(process.execPath, [program, 'serve', '--help'])
  return new Set(stdout.match(/--[a-z][a-z-]*/gu))
}

/** Puts what is needed to run a revision as it stands into a folder; the libraries are those of this one. */
async function unpack(revision: string, folder: string): Promise<void> {
  const archive = join(folder, 'source.tar')
  await run('git', ['-C', root, 'archive', `--output=${archive}`, revision, 'src', 'config', 'package.json'])
  await run('tar', ['-x', '-f', archive, '-C', folder])
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'))
}

/**
 * Finds and unpacks it; it is gone after the test. VERSPREI_PREVIOUS names another revision, or says `none`: then this version stands in for
 * it, and what another would be like is not tested. @throws where there is none, and that is not said
 */
export async function openPreviousVersion(t: Pick<Test, 'teardown'>): Promise<PreviousVersion> {
  const given = process.env['VERSPREI_PREVIOUS']
  if (given === 'none') return { entry, name: 'this version itself, as VERSPREI_PREVIOUS=none wants' }
  const revision = given ?? await findPrevious()
  if (revision === undefined) {
    throw new Error('the checkout has no history to take a version from that could be upgraded: fetch it (git fetch --unshallow), '
      + 'name a revision by VERSPREI_PREVIOUS, or test this version against itself by VERSPREI_PREVIOUS=none')
  }
  const folder = await mkdtemp(join(process.env['VERSPREI_TEST_FOLDER'] ?? tmpdir(), 'versprei-previous-'))
  t.teardown(() => rm(folder, { recursive: true, force: true }))
  await unpack(revision, folder)
  const program = join(folder, 'src/main.ts')
  return { entry: program, flags: await flagsOf(program), name: `${await ask('describe', '--tags', '--always', revision)}` }
}
