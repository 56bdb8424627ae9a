import { table } from '../table.ts'
import { statuses, type Line } from './line.ts'

/** The lines as a table; beneath those that need it, what to do, and at the end how many there are of each status. */
export function drawLines(lines: readonly Line[]): string {
  const rows = lines.flatMap(({ check, status, found, advice }) => [
    [status, check, found],
    ...(advice === undefined ? [] : [['', '', `→ ${advice}`]]),
  ])
  const counts = statuses.map(status => [status, lines.filter(line => line.status === status).length] as const)
  const sum = counts.filter(([, count]) => count > 0).map(([status, count]) => `${count} ${status}`).join(', ')
  return `${table(['STATUS', 'CHECK', 'FOUND'], rows)}\n${sum}\n`
}
