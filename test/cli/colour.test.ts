import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { stripVTControlCharacters } from 'node:util'
import t from 'tap'
import { createPaint, wantsColour } from '../../src/cli/colour.ts'
import { table } from '../../src/cli/table.ts'

const screen = { columns: 80, rows: 24 }

void t.test('colour is for terminals, and for whoever says so', async t => {
  const cases = [
    { name: 'a terminal', environment: {}, screen, want: true },
    { name: 'no terminal', environment: {}, screen: undefined, want: false },
    { name: 'NO_COLOR', environment: { NO_COLOR: '1' }, screen, want: false },
    { name: 'an empty NO_COLOR', environment: { NO_COLOR: '' }, screen, want: true },
    { name: 'a dumb terminal', environment: { TERM: 'dumb' }, screen, want: false },
    { name: 'FORCE_COLOR without terminal', environment: { FORCE_COLOR: '1' }, screen: undefined, want: true },
    { name: 'an empty FORCE_COLOR', environment: { FORCE_COLOR: '' }, screen: undefined, want: true },
    { name: 'FORCE_COLOR before NO_COLOR', environment: { FORCE_COLOR: '3', NO_COLOR: '1' }, screen: undefined, want: true },
    { name: 'FORCE_COLOR=0', environment: { FORCE_COLOR: '0' }, screen, want: false },
    { name: '--no-color before FORCE_COLOR', isAllowed: false, environment: { FORCE_COLOR: '1' }, screen, want: false },
  ]
  for (const { name, isAllowed = true, environment, screen, want } of cases) {
    t.equal(wantsColour(isAllowed, environment, screen), want, name)
  }
})

void t.test('a text is painted and unpainted, and left alone where there is no colour', async t => {
  t.equal(createPaint(true)('web', 'red'), '\u001B[31mweb\u001B[39m')
  t.equal(createPaint(true)('', 'red'), '')
  t.equal(createPaint(false)('web', 'red'), 'web')
})

void t.test('the columns of a table stand where they would without colour', async t => {
  const rows = [['x', 'y'], ['longer', 'z']]
  const painted = table(['A', 'B'], rows, (cell, row) => createPaint(true)(cell, row === 0 ? 'bold' : 'red'))
  t.not(painted, table(['A', 'B'], rows))
  t.equal(stripVTControlCharacters(painted), table(['A', 'B'], rows))
})

void t.test('a reader that has had enough is no fault', async t => {
  const child = spawn(process.execPath, [join(import.meta.dirname, '../../src/main.ts'), 'completion', 'bash'])
  child.stdout.destroy()
  const [err, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')])
  t.same({ code, err }, { code: 0, err: '' })
})
