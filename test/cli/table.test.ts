import t from 'tap'
import { bar, table } from '../../src/cli/table.ts'

void t.test('columns are as wide as their widest cell, and lines end where they end', async t => {
  t.equal(table(['A', 'LONG', 'C'], [['wide cell', 'b', ''], ['x', '', 'c']]), 'A           LONG   C\nwide cell   b\nx                  c\n')
})

void t.test('what a cell holds makes no second row, and does nothing to a terminal', async t => {
  const dress = (cell: string): string => (cell === 'N' ? `<${cell}>` : cell)
  t.equal(table(['N', 'C'], [['a\n\u001B[2J', 'b']], dress), '<N>              C\na\\x0a\\x1b[2J   b\n')
})

void t.test('a bar is right to an eighth of a character and never longer than its width', async t => {
  for (const [share, want] of [[0, ''], [1 / 16, '▌'], [0.5, '████'], [1, '████████'], [1.7, '████████'], [-1, ''], [0.99, '███████▉']] as const) {
    t.equal(bar(share, 8), want, String(share))
  }
})
