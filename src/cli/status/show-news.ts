import { stringify } from 'yaml'
import { rankReports } from '../../survey/distributors/rank-reports.ts'
import type { DistributorReport } from '../../survey/distributors/report.ts'
import type { Screen } from '../colour.ts'
import { fillScreen } from '../fill-screen.ts'
import { printable } from '../printable.ts'
import type { News } from './follow-reports.ts'
import { drawReports, nameOf, printReports, tellSum, type Looks, type StatusOutput } from './print-reports.ts'

/** The whole table for a terminal, the worst first: as much of it as there is room for. */
export function drawScreen({ all, lost }: News, isWide: boolean, looks: Looks, screen: Screen): string {
  const drawn = all.length === 0 ? [] : drawReports(rankReports(all), isWide, looks).trimEnd().split('\n')
  const notice = lost === undefined ? []
    : [looks.paint(`the API server is not reached, this is what was known: ${printable(lost)}`, 'yellow')]
  const foot = [tellSum(all), ...notice]
  return fillScreen(drawn, foot, screen)
}

/** What is new, for whoever reads line by line: the lines of the table, or a document each. Empty where nothing is. */
export function tellNews(news: News, output: StatusOutput, looks: Looks, isFirst: boolean): string {
  const { changed, gone, all } = news
  const ranked = rankReports(changed)
  if (output === 'json') return [...ranked, ...gone.map(asDeleted)].map(one => `${JSON.stringify(one)}\n`).join('')
  if (output === 'yaml') {
    return [...ranked, ...gone.map(asDeleted)].map(one => `---\n${stringify(one, { aliasDuplicateObjects: false, lineWidth: 0 })}`).join('')
  }
  if (output === 'name') return ranked.map(one => `${nameOf(one)}\n`).join('')
  if (isFirst) return printReports(all, output, looks)
  // Drawn with all the others, so that its columns stand where theirs do.
  const [, ...lines] = drawReports([...all, ...gone], output === 'wide', looks).trimEnd().split('\n')
  const isNew = new Set(changed.map(nameOf))
  const told = all.flatMap((one, index) => (isNew.has(nameOf(one)) ? [`${lines[index] ?? ''}\n`] : []))
  return [...told, ...gone.map(one => `${nameOf(one)} was deleted\n`)].join('')
}

function asDeleted({ namespace, name }: DistributorReport): object {
  return { namespace, name, deleted: true }
}
