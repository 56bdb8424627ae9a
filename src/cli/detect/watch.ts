import { pause, type Clock } from '../../cluster/clock.ts'
import { message } from '../../cluster/cluster-error.ts'
import { clearScreen, fillScreen } from '../fill-screen.ts'
import type { Screen } from '../colour.ts'
import type { FollowedLists } from '../survey/follow-lists.ts'
import type { Picture } from './print/picture.ts'

export interface WatchOptions {
  readonly lists: Pick<FollowedLists, 'version' | 'fault'>
  /** What is known now. Throws what the first list that does not come throws. */
  readonly look: () => Promise<Picture>
  /** The table, for a terminal or for a file. */
  readonly draw: (picture: Picture, screen: Screen | undefined) => string
  readonly screen: () => Screen | undefined
  readonly stdout: (text: string) => void
  /** A line for a person, beside the table. */
  readonly tell: (line: string) => void
  readonly now: () => Date
  readonly clock: Clock
  /** Ends it. */
  readonly signal: AbortSignal
}

/** Milliseconds from one look at what is new to the next: nothing is drawn more often. */
const every = 1000

/** A watch that is begun anew is without one for a moment: that is no loss. So many looks in a row are. */
const patience = 2

/** What stands on the screen, or was printed last. */
interface Shown {
  readonly text: string
  readonly missing: readonly string[]
  readonly lost: string | undefined
  /** A terminal's size. */
  readonly size: string
}

/**
 * Prints the table, and again whenever it is another one, until the signal: at a terminal in its place, elsewhere below the time. A cluster
 * that is not reached is told once, and again when it is back; what was known stays.
 */
export async function watchSurvey(options: WatchOptions): Promise<void> {
  const { lists, look, draw, screen, clock, signal } = options
  let [picture, version, losses]: [Picture | undefined, number, number] = [undefined, -1, 0]
  let shown: Shown | undefined
  let trouble: Error | undefined
  while (!signal.aborted) {
    if (version !== lists.version()) {
      version = lists.version()
      try {
        picture = await look()
        trouble = undefined
      } catch (error) {
        if (signal.aborted) return
        if (picture === undefined) throw error
        // It is looked again; what it was is told as a loss.
        version = -1
        trouble = error instanceof Error ? error : new Error(String(error))
      }
    }
    const fault = lists.fault() ?? trouble
    losses = fault === undefined ? 0 : losses + 1
    if (picture !== undefined) {
      const terminal = screen()
      const lost = losses < patience || fault === undefined ? undefined : shown?.lost ?? message(fault)
      const size = terminal === undefined ? '' : `${terminal.columns}×${terminal.rows}`
      shown = show({ text: draw(picture, terminal), missing: picture.survey.missing, lost, size }, shown, terminal, options)
    }
    await pause(clock, every, signal)
  }
}

function show(next: Shown, before: Shown | undefined, terminal: Screen | undefined, { stdout, tell, now }: WatchOptions): Shown {
  if (JSON.stringify(next) === JSON.stringify(before)) return next
  if (terminal !== undefined) {
    const lines = next.text.trimEnd().split('\n')
    const foot = [
      lines.at(-1) ?? '', ...next.missing.map(line => `not read: ${line}`),
      ...(next.lost === undefined ? [] : [`the API server is not reached, this is what was known: ${next.lost}`]),
    ]
    // The summary is the last line, and a blank one stands before it.
    stdout(`${before?.size === next.size ? '' : clearScreen}${fillScreen(lines.slice(0, -2), foot, terminal)}`)
    return next
  }
  const time = `${now().toISOString().slice(0, 19).replace('T', ' ')} UTC`
  if (next.text !== before?.text) stdout(`${before === undefined ? '' : '\n'}${time}\n${next.text}`)
  if (next.missing.join('\n') !== (before?.missing ?? []).join('\n')) for (const line of next.missing) tell(`not read: ${line}`)
  if (next.lost !== before?.lost) {
    tell(next.lost === undefined ? 'the API server is reached again' : `the API server is not reached; going on: ${next.lost}`)
  }
  return next
}
