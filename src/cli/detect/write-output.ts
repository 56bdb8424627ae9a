import { access, constants, realpath, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { codeOf } from '../../certificates/pair.ts'
import { replaceFile } from '../../certificates/write.ts'

/** What is in the way of writing that file, as far as it can be told before; undefined: nothing. */
export async function obstacleTo(file: string): Promise<string | undefined> {
  try {
    if (await stat(file).then(found => found.isDirectory(), () => false)) return `${file} is a folder`
    await access(dirname(file), constants.W_OK)
    return undefined
  } catch (error) {
    return `${file} cannot be written: ${dirname(file)}: ${codeOf(error)}`
  }
}

/** Writes it whole or not at all, in place of what was there: with the same rights, and behind the same link. Throws. */
export async function writeOutput(file: string, text: string): Promise<void> {
  const target = await realpath(file).catch(() => file)
  const mode = await stat(target).then(found => found.mode & 0o777, () => 0o666)
  await replaceFile({ file: target, text, mode })
}
