import { isDeepStrictEqual } from 'node:util'
import type { Knowledge } from '../placement/knowledge.ts'
import { learn } from './learn.ts'
import { parseFiles, readFolder, type ManifestFile, type Trouble } from './read.ts'

export interface FollowOptions {
  readonly folder: string
  readonly knowledge: Knowledge
  /** Called after every change with all that is wrong now. */
  readonly onRead: (troubles: readonly Trouble[]) => void
  /** Called once when the folder cannot be read any more; what is known stays, and it is looked for again. */
  readonly onLost: (trouble: Trouble) => void
  /** Calls `task` every so many milliseconds until what it returns is called. */
  readonly repeat: (task: () => void, milliseconds: number) => () => void
}

export interface FollowedManifests {
  /** Looks now; resolves when that is done. Never rejects. */
  readonly check: () => Promise<void>
  readonly stop: () => void
}

/** How often the folder is looked at. Files are read, not watched: network file systems and mounted ConfigMaps send no events. */
const every = 1000

/** Reads the folder, then again whenever what it holds has changed. Throws when it cannot be read to begin with. */
export async function followManifests({ folder, knowledge, onRead, onLost, repeat }: FollowOptions): Promise<FollowedManifests> {
  let known: readonly ManifestFile[] | Trouble = ''
  let running: Promise<void> | undefined
  let isStopped = false
  const read = async (): Promise<void> => {
    const files = await readFolder(folder)
    if (isStopped || isDeepStrictEqual(files, known)) return
    known = files
    onRead(learn(knowledge, parseFiles(files)))
  }
  const readOrTell = async (): Promise<void> => {
    try {
      await read()
    } catch (error) {
      const trouble = `${folder}: ${error instanceof Error ? error.message : String(error)}`
      if (trouble !== known) onLost(trouble)
      known = trouble
    }
  }
  // One at a time: a slow look must not bring back what a later one has replaced.
  const check = (): Promise<void> => {
    running ??= readOrTell().finally(() => {
      running = undefined
    })
    return running
  }
  await read()
  const cancel = repeat(() => void check(), every)
  return {
    check,
    stop() {
      isStopped = true
      cancel()
    },
  }
}
