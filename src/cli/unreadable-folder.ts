import { messageOf } from './message-of.ts'

/** What is told of a folder of manifests that is none; `name` is the flag or the variable that it was given by. */
export function unreadableFolder(name: string, folder: string, error: unknown): string {
  return `${name}: ${folder} cannot be read: ${messageOf(error)}; a folder of YAML files is wanted`
}
