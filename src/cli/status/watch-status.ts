import { systemClock, type Clock } from '../../cluster/clock.ts'
import type { Connection } from '../../cluster/connection.ts'
import type { Screen } from '../colour.ts'
import { clearScreen } from '../fill-screen.ts'
import { followReports, type News } from './follow-reports.ts'
import type { Looks, StatusOutput } from './print-reports.ts'
import type { Reports } from './read-reports.ts'
import { drawScreen, tellNews } from './show-news.ts'

export interface WatchOptions {
  readonly connection: Pick<Connection, 'request'>
  readonly found: Reports
  readonly output: StatusOutput
  readonly looks: () => Looks
  readonly screen: () => Screen | undefined
  readonly stdout: (text: string) => void
  readonly tell: (line: string) => void
  /** Resolves when it is to end. */
  readonly ending: Promise<unknown>
  readonly clock?: Clock
}

/** Shows what changes until it is to end: at a terminal the whole table anew, elsewhere what is new. */
export async function watchStatus(options: WatchOptions): Promise<void> {
  const { connection, found, output, looks, screen, stdout, tell, ending, clock = systemClock } = options
  const stopping = new AbortController()
  void ending.then(() => stopping.abort())
  const isTable = output === 'table' || output === 'wide'
  let last: News | undefined
  const show = (news: News): void => {
    const terminal = isTable ? screen() : undefined
    if (terminal === undefined) {
      stdout(tellNews(news, output, looks(), last === undefined))
      if (news.lost !== last?.lost) tell(tellLost(news.lost))
    } else {
      stdout(`${last === undefined ? clearScreen : ''}${drawScreen(news, output === 'wide', looks(), terminal)}`)
    }
    last = news
  }
  await followReports({ connection, found, clock, random: Math.random, show, signal: stopping.signal })
}

function tellLost(lost: string | undefined): string {
  return lost === undefined ? 'the API server is reached again' : `the API server is not reached; going on: ${lost}`
}
