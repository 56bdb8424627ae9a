import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import t from 'tap'
import { completionScripts } from '../../../src/cli/completion/completion.ts'
import { runCommand } from '../run-command.ts'
import { has, typeAt, type Shell } from './terminal.ts'

void t.test('the script of each shell is printed, and of no other', async t => {
  for (const [shell, out] of Object.entries(completionScripts)) t.same(await runCommand(['completion', shell]), { code: 0, out, err: '' })
  t.match(await runCommand(['completion', 'tcsh']), { code: 2, out: '', err: /Allowed choices are bash, zsh, fish/ })
  t.match(await runCommand(['completion']), { code: 2, out: '', err: /missing required argument 'SHELL'/ })
})

const tab = '\t'
/** Of a folder zsh takes the slash away again when the line ends, so it does not count. */
const withoutSlash = (word: string): string => word.replace(/\/$/u, '')
const cases = [
  { name: 'a command', keys: `versprei pla${tab}`, want: ['plan'] },
  { name: 'by its name as a plugin, too', keys: `kubectl-versprei pla${tab}`, want: ['plan'] },
  { name: 'an option and a choice', keys: `versprei plan --outp${tab}js${tab}`, want: ['plan', '--output', 'json'] },
  { name: 'a choice behind an equals sign', keys: `versprei plan --output=js${tab}`, want: ['plan', '--output=json'] },
  { name: 'a folder', keys: `versprei plan --manifests de${tab}`, want: ['plan', '--manifests', 'deep'] },
  { name: 'a folder behind an equals sign', keys: `versprei plan --manifests=de${tab}`, want: ['plan', '--manifests=deep'] },
  { name: 'a file', keys: `versprei admit po${tab}-o pa${tab}`, want: ['admit', 'pod.yaml', '-o', 'patch'] },
  { name: 'no file where none can be', keys: `versprei plan po${tab}`, want: ['plan', 'po'] },
]

const shells = Object.keys(completionScripts) as Shell[]
const tried = shells.filter(shell => has(shell, 'script'))
// Where all are known to be there, none is passed over.
const needsAll = process.env['VERSPREI_ALL_SHELLS'] === '1'
const missed = shells.filter(shell => !tried.includes(shell))
t.comment(`completed at a terminal: ${tried.join(', ') || 'none'}; not on this machine: ${missed.join(', ') || 'none'}`)
if (needsAll) void t.test('VERSPREI_ALL_SHELLS: no shell is missing', async t => t.strictSame(missed, []))
for (const shell of shells) {
  const missing = tried.includes(shell) ? false : `this machine has no ${shell}, or no script(1) to give it a terminal`
  void t.test(`${shell} completes at a terminal`, { skip: missing }, async t => {
    for (const { name, keys, want } of cases) await t.test(name, async t => t.strictSame((await typeAt(t, shell, keys)).map(withoutSlash), want))
  })
}

void t.test('bash lists all that may stand there', { skip: has('bash') ? false : 'this machine has no bash' }, async t => {
  const program = [process.execPath, join(import.meta.dirname, '../../../src/main.ts')]
  const list = (...words: readonly string[]): readonly string[] => {
    const run = `${completionScripts.bash}
      versprei() { "$NODE" "$MAIN" "$@"; }
      COMP_WORDS=(versprei "$@") COMP_CWORD=$# && _versprei && printf '%s\\n' "\${COMPREPLY[@]}"`
    const { stdout } = spawnSync('bash', ['--noprofile', '--norc', '-c', run, 'bash', ...words], {
      encoding: 'utf8', env: { PATH: process.env['PATH'], NODE: program[0], MAIN: program[1] },
    })
    return stdout.split('\n').slice(0, -1)
  }
  t.strictSame(list('plan', '-o', ''), ['table', 'json', 'yaml'])
  t.strictSame(list('plan', '--output', '='), ['table', 'json', 'yaml'])
  t.strictSame(list('plan', '--output', '=', 'y'), ['yaml'])
  t.strictSame(list('plan', '--output', '=', 'json', '--re'), ['--replicas'])
  t.strictSame(list('completion', ''), ['bash', 'zsh', 'fish'])
})
