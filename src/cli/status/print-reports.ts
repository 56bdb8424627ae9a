import { rankReports, sumReports } from '../../survey/distributors/rank-reports.ts'
import type { DistributorReport } from '../../survey/distributors/report.ts'
import { tellAge } from '../age.ts'
import type { Look, Paint } from '../colour.ts'
import type { statusOutputs } from '../output-formats.ts'
import { printAs } from '../print-as.ts'
import { printable } from '../printable.ts'
import { gap, table } from '../table.ts'

export type StatusOutput = typeof statusOutputs[number]

/** How to print for people. */
export interface Looks {
  readonly paint: Paint
  /** Characters on a line, where that is known. */
  readonly columns: number | undefined
  /** Milliseconds since 1970. */
  readonly now: number
}

/** All PodDistributors, the worst first, with a line that adds them up: for people. For programs the reports as they are. */
export function printReports(reports: readonly DistributorReport[], output: StatusOutput, looks: Looks): string {
  const ranked = rankReports(reports)
  if (output === 'name') return ranked.map(one => `${nameOf(one)}\n`).join('')
  return printAs(output === 'wide' ? 'table' : output, ranked, () => {
    const footer = `${tellSum(reports)}\n`
    return ranked.length === 0 ? footer : `${drawReports(ranked, output === 'wide', looks)}\n${footer}`
  })
}

export function nameOf({ namespace, name }: Pick<DistributorReport, 'namespace' | 'name'>): string {
  return `${namespace}/${name}`
}

const headings = ['NAMESPACE', 'NAME', 'TARGET', 'PODS', 'SPLIT', 'WANTED', 'DEVIATION', 'STATE', 'CHANGED']
const wideHeadings = ['READY', 'BALANCED', 'DEGRADED', 'CONFLICTED', 'STRAYS', 'GROUPS']
const stateColumn = headings.indexOf('STATE')

/** Characters of WHY where the line is as long as one likes, and where it has to be short. */
const [usualWhy, shortestWhy] = [80, 20]

/** The table alone, in this order. `wide` leaves nothing out. */
export function drawReports(reports: readonly DistributorReport[], isWide: boolean, looks: Looks): string {
  const titles = [...headings, ...(isWide ? wideHeadings : [])]
  const rows = reports.map(one => [...cellsOf(one, looks.now), ...(isWide ? wideCells(one) : [])].map(printable))
  const room = isWide ? Infinity : roomFor(titles, rows, looks.columns)
  const whole = rows.map((cells, index) => [...cells, cut(printable(whyOf(reports[index])), room)])
  return table([...titles, 'WHY'], whole, (cell, row, column) => {
    const one = reports[row - 1]
    if (one === undefined) return looks.paint(cell, 'bold')
    return column === stateColumn ? looks.paint(cell, lookOf(one)) : cell
  })
}

function cellsOf(one: DistributorReport, now: number): readonly string[] {
  const { namespace, name, target = '-', pods, split = '-', wanted = '-', deviation, changed } = one
  return [
    namespace, name, target, String(pods ?? '-'), split, wanted, deviation === undefined ? '-' : deviation.toFixed(2), tellState(one),
    changed === undefined ? '-' : tellAge(now - Date.parse(changed)),
  ]
}

/** `balanced`, or what is the matter. */
export function tellState({ troubles }: DistributorReport): string {
  return troubles.length === 0 ? 'balanced' : troubles.join(',')
}

function wideCells({ conditions, strays, groups }: DistributorReport): readonly string[] {
  const statusOf = (type: string): string => conditions.find(one => one.type === type)?.status ?? '-'
  return [
    ...['Ready', 'Balanced', 'Degraded', 'Conflicted'].map(statusOf), String(strays ?? '-'),
    groups.map(({ name, assigned, wanted, ready }) => `${name} ${assigned} of ${wanted}, ${ready} ready`).join('; ') || '-',
  ]
}

/** One that is well may still want a word: it is only tried. */
function whyOf(one: DistributorReport | undefined): string {
  const isTried = one?.conditions.some(({ reason }) => reason === 'Auditing') === true
  return one?.why ?? (isTried ? 'enforcement is Audit: no pod is changed' : '')
}

function roomFor(titles: readonly string[], rows: readonly (readonly string[])[], columns: number | undefined): number {
  if (columns === undefined) return usualWhy
  const widths = titles.map((title, column) => rows.reduce((widest, row) => Math.max(widest, row[column]?.length ?? 0), title.length))
  return Math.max(shortestWhy, columns - widths.reduce((sum, width) => sum + width + gap.length, 0))
}

function cut(text: string, room: number): string {
  return text.length > room ? `${text.slice(0, room - 1)}…` : text
}

function lookOf({ troubles: [first] }: DistributorReport): Look {
  if (first === undefined) return 'green'
  return first === 'unjudged' || first === 'stale' ? 'yellow' : 'red'
}

/** `3 PodDistributors, 1 off (1 unbalanced); 24 pods placed` */
export function tellSum(reports: readonly DistributorReport[]): string {
  const { distributors, off, byTrouble, placed, strays } = sumReports(reports)
  const many = distributors === 1 ? '1 PodDistributor' : `${distributors} PodDistributors`
  const by = byTrouble.length === 0 ? '' : ` (${byTrouble.map(([trouble, count]) => `${count} ${trouble}`).join(', ')})`
  const stray = strays === 0 ? '' : `, ${strays} not`
  return `${many}, ${off === 0 ? 'none' : off} off${by}; ${placed === 1 ? '1 pod' : `${placed} pods`} placed${stray}`
}
