import { randomUUID } from 'node:crypto'
import { link, open, rename, unlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { codeOf } from './pair.ts'

export interface FileToWrite {
  readonly file: string
  readonly text: string
  /** Permission bits, there from the first byte on. */
  readonly mode: number
}

/** Writes a neighbour of the file in full, to disk, and hands it to `publish`; nothing is left behind when that fails. */
async function writeBeside({ file, text, mode }: FileToWrite, publish: (temporary: string) => Promise<void>): Promise<void> {
  const temporary = join(dirname(file), `.${randomUUID()}.tmp`)
  const handle = await open(temporary, 'wx', mode)
  try {
    try {
      await handle.writeFile(text)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await publish(temporary)
  } catch (error) {
    await unlink(temporary)
    throw error
  }
}

// The temporary name stays out of the message: it differs each time, and a trouble that stays the same must read the same.
const unwritable = (file: string, cause: unknown): Error => new Error(`${file}: cannot be written (${codeOf(cause)})`, { cause })

/** Puts the text in place of what the file holds; a reader sees the old text or the new one, whole. */
export async function replaceFile(target: FileToWrite): Promise<void> {
  try {
    await writeBeside(target, temporary => rename(temporary, target.file))
  } catch (cause) {
    throw unwritable(target.file, cause)
  }
}

/** Makes the file, whole from the start; when another was quicker, that one's stays and this one is dropped. */
export async function createFile(target: FileToWrite): Promise<void> {
  try {
    await writeBeside(target, async temporary => {
      await link(temporary, target.file)
      await unlink(temporary)
    })
  } catch (cause) {
    if (codeOf(cause) !== 'EEXIST') throw unwritable(target.file, cause)
  }
}
