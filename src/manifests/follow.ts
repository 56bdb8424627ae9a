import type { Knowledge } from '../placement/knowledge.ts'
import { learn } from './learn.ts'
import { readManifests, type Trouble } from './read.ts'

export interface FollowOptions {
  readonly folder: string
  readonly knowledge: Knowledge
  /** Called after every change with all that is wrong now. */
  readonly onRead: (troubles: readonly Trouble[]) => void
  /** Calls `task` every so many milliseconds until what it returns is called. */
  readonly repeat: (task: () => void, milliseconds: number) => () => void
}

/** How often the folder is looked at. Files are read, not watched: network file systems and mounted ConfigMaps send no events. */
const every = 1000

/** Reads the folder, then again whenever what it holds has changed. Throws when it cannot be read to begin with. */
export async function followManifests({ folder, knowledge, onRead, repeat }: FollowOptions): Promise<{ check: () => Promise<void>, stop: () => void }> {
  let known: string | undefined
  const check = async (): Promise<void> => {
    const read = await readManifests(folder)
    const content = JSON.stringify(read)
    if (content === known) return
    known = content
    onRead(learn(knowledge, read))
  }
  const checkOrTell = async (): Promise<void> => {
    try {
      await check()
    } catch (error) {
      const trouble = `${folder}: ${error instanceof Error ? error.message : String(error)}`
      if (trouble !== known) onRead([trouble])
      known = trouble
    }
  }
  await check()
  return { check: checkOrTell, stop: repeat(() => void checkOrTell(), every) }
}
