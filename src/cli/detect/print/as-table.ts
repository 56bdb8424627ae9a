import type { Finding, Shared, Survey } from '../../../survey/finding.ts'
import type { Look, Paint } from '../../colour.ts'
import { gap, table } from '../../table.ts'
import { nodeTable } from './node-table.ts'
import { isAffected, type Picture } from './picture.ts'
import { printable } from '../../printable.ts'
import { apartOf, beside, keepsEnough, podsOf, referenceOf, standing, summary, survives } from './words.ts'

export interface TableLook {
  /** Every workload, and beneath each its nodes with its pods by name; then the nodes, and how much of them is taken. */
  readonly isWide: boolean
  /** Characters on a line; undefined: as many as it takes. */
  readonly columns: number | undefined
  readonly paint: Paint
}

interface Column {
  readonly heading: string
  readonly cell: (finding: Finding) => string
  /** There whatever it holds; the others only where one of their cells says something. */
  readonly isFixed?: boolean
}

const columns: readonly Column[] = [
  { heading: 'NAMESPACE', cell: ({ workload }) => workload.namespace, isFixed: true },
  { heading: 'WORKLOAD', cell: ({ workload }) => referenceOf(workload), isFixed: true },
  { heading: 'STANDS', cell: standing, isFixed: true },
  { heading: 'PODS', cell: podsOf, isFixed: true },
  { heading: 'NODES', cell: ({ nodes }) => String(nodes.domains), isFixed: true },
  { heading: 'SURVIVES', cell: survives, isFixed: true },
  { heading: 'ENOUGH WITHOUT', cell: keepsEnough },
  { heading: 'NOT COUNTED', cell: finding => apartOf(finding) || '-' },
]

const looks: Readonly<Record<ReturnType<typeof standing>, Look | undefined>> = {
  'single node': 'red', 'shares nodes': 'yellow', 'one pod': 'faint', 'no pod': 'faint', spread: undefined,
}

/** The column that tells how a workload stands, which is the one that has a colour. */
const standsColumn = columns.findIndex(({ cell }) => cell === standing)

/** For a terminal: a line a workload, those on a single node first, then a line that sums up. */
export function asTable(picture: Picture, look: TableLook): string {
  const findings = look.isWide ? picture.survey.findings : picture.survey.findings.filter(isAffected)
  const last = `${summary(picture.survey)}\n`
  if (findings.length === 0) return last
  const shown = columns.filter(({ cell, isFixed = false }) => isFixed || findings.some(one => cell(one) !== '-'))
  const rows = findings.map(finding => shown.map(({ cell }) => printable(cell(finding))))
  const text = rowsWithShared(shown, rows, findings, look)
  if (!look.isWide) return `${text}\n${last}`
  const nodes = picture.nodes.length === 0 ? '' : `${nodeTable(picture, look.paint)}\n`
  const others = beside(picture.survey)
  return `${withPods(text, picture.survey, look.paint)}\n${nodes}${others === undefined ? '' : `${others}\n`}${last}`
}

/** The last column takes what is left of the line. */
function rowsWithShared(
  shown: readonly Column[], rows: readonly (readonly string[])[], findings: readonly Finding[], look: TableLook,
): string {
  const headings = shown.map(({ heading }) => heading)
  const before = headings.reduce((sum, heading, column) =>
    sum + rows.reduce((widest, row) => Math.max(widest, (row[column] ?? '').length), heading.length) + gap.length, 0)
  const left = look.columns === undefined || look.isWide ? Infinity : Math.max(look.columns - before, leastShared)
  const full = rows.map((row, index) => [...row, sharedIn(findings[index]?.shared ?? [], left)])
  return table([...headings, 'SHARED NODES'], full, (cell, row, column) => {
    if (row === 0) return look.paint(cell, 'bold')
    const finding = findings[row - 1]
    const colour = finding === undefined || column !== standsColumn ? undefined : looks[standing(finding)]
    return colour === undefined ? cell : look.paint(cell, colour)
  })
}

/** A name of a node takes so many; with less the line is longer than the terminal, which breaks it. */
const leastShared = 24

/** `node-a: 3, node-b: 2`, and how many more there are where that is longer than `width`. */
function sharedIn(shared: readonly Shared[], width: number): string {
  if (shared.length === 0) return '-'
  const parts = shared.map(({ domain, pods }) => `${printable(domain)}: ${pods.length}`)
  for (let length = parts.length; length > 1; length--) {
    const text = `${parts.slice(0, length).join(', ')}${more(parts.length - length)}`
    if (text.length <= width) return text
  }
  return `${parts[0]}${more(parts.length - 1)}`
}

const more = (left: number): string => (left === 0 ? '' : `, and ${left} more`)

/** Beneath each workload its nodes and which of its pods they have. */
function withPods(text: string, { findings }: Survey, paint: Paint): string {
  const [headings = '', ...lines] = text.split('\n')
  const told = lines.slice(0, -1).flatMap((line, index) => {
    const nodes = findings[index]?.byNode ?? []
    return [line, ...nodes.map(({ domain, pods }) => paint(`    ${printable(domain)}: ${pods.map(printable).join(', ')}`, 'faint'))]
  })
  return [headings, ...told, ''].join('\n')
}
