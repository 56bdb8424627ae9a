import type { Value } from './read-values.ts'

/** The values as a table in Markdown; what a group is for stands in a row of its own. */
export function describeTable(values: readonly Value[]): string {
  const rows = values.map(({ path, description, isGroup, default: byDefault }) =>
    `| \`${path}\` | ${isGroup ? '' : `\`${JSON.stringify(byDefault)}\``} | ${description.replaceAll('|', String.raw`\|`)} |`)
  return ['| value | default | meaning |', '|---|---|---|', ...rows].join('\n').concat('\n')
}
