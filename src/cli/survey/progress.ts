import type { Clock } from '../../cluster/clock.ts'
import type { Reading } from './lists.ts'

export interface Progress {
  readonly onRead: NonNullable<Reading['onRead']>
  /** Nothing is told from now on; a line that was written over is gone. */
  readonly end: () => void
}

/** Milliseconds for which nothing is told: whoever waits no longer has no use for it. */
const quiet = 1000
/** Milliseconds between two lines. At a terminal one is written over the other. */
const atTerminal = 200
const elsewhere = 10_000

/** Tells on standard error how much has been read, when that takes over a second. */
export function createProgress(
  clock: Clock, stderr: (text: string) => void, { isTerminal, command }: { readonly isTerminal: boolean, readonly command: string },
): Progress {
  const counts = new Map<string, number>()
  let isShown = false
  const tell = (): void => {
    const read = [...counts].map(([resource, count]) => `${count} ${resource}`).join(', ')
    const line = `versprei ${command}: reading: ${read === '' ? 'nothing yet' : read}`
    stderr(isTerminal ? `\r${line}\u001B[K` : `${line}\n`)
    isShown = true
    cancel = clock.after(isTerminal ? atTerminal : elsewhere, tell)
  }
  let cancel = clock.after(quiet, tell)
  return {
    onRead: (resource, objects) => void counts.set(resource, (counts.get(resource) ?? 0) + objects),
    end() {
      cancel()
      if (isShown && isTerminal) stderr('\r\u001B[K')
    },
  }
}
