import { stringify } from 'yaml'

/**
 * What a command found, for programs as JSON or YAML (long lines stay whole, nothing is told by reference), and for people as `draw` has
 * it: that is called for a table alone.
 */
export function printAs(output: 'json' | 'yaml' | 'table', found: unknown, draw: () => string): string {
  if (output === 'json') return `${JSON.stringify(found, undefined, 2)}\n`
  return output === 'yaml' ? stringify(found, { aliasDuplicateObjects: false, lineWidth: 0 }) : draw()
}
