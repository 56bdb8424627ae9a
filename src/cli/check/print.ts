import { stringify } from 'yaml'
import type { checkOutputs } from '../output-formats.ts'
import { table } from '../table.ts'
import { statuses, type Line } from './line.ts'

export type CheckOutput = typeof checkOutputs[number]

/** The lines, for people or for programs; beneath those that need it, what to do. */
export function print(lines: readonly Line[], output: CheckOutput): string {
  if (output === 'json') return `${JSON.stringify(lines, undefined, 2)}\n`
  if (output === 'yaml') return stringify(lines, { aliasDuplicateObjects: false, lineWidth: 0 })
  const rows = lines.flatMap(({ check, status, found, advice }) => [
    [status, check, found],
    ...(advice === undefined ? [] : [['', '', `→ ${advice}`]]),
  ])
  const counts = statuses.map(status => [status, lines.filter(line => line.status === status).length] as const)
  const sum = counts.filter(([, count]) => count > 0).map(([status, count]) => `${count} ${status}`).join(', ')
  return `${table(['STATUS', 'CHECK', 'FOUND'], rows)}\n${sum}\n`
}
