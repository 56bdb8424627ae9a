import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Test } from 'tap'
import { until } from '../process.ts'

const source = join(import.meta.dirname, '../../../src/main.ts')

/** Whether this machine has all of these programs. */
export const has = (...programs: readonly string[]): boolean =>
  programs.every(program => spawnSync('sh', ['-c', `command -v ${program}`]).status === 0)

/** How a shell is started at a terminal, with nothing of the user's. `setup` loads the script that is completed by. */
const interactive = {
  bash: (setup: string) => ({ 'run': 'bash --noprofile --rcfile rc -i', rc: setup }),
  zsh: (setup: string) => ({ 'run': 'ZDOTDIR=. zsh -d -i', '.zshrc': `autoload -Uz compinit && compinit -u -D\n${setup}` }),
  fish: (setup: string) => ({ 'run': 'fish --no-config --init-command "source rc"', rc: setup }),
}

export type Shell = keyof typeof interactive

/**
 * Types `keys` at a terminal of that shell, in a folder with the folder `deep/in`, the file `pod.yaml` and a `versprei` that does nothing but
 * complete. Returns the arguments it was called with in the end: `keys` ends the line.
 */
export const typeAt = async (t: Test, shell: Shell, keys: string): Promise<readonly string[]> => {
  const folder = t.testdir({ bin: {}, deep: { in: {} }, 'pod.yaml': '', home: {} })
  const called = join(folder, 'called')
  const program = `#!/bin/sh
if [ "$1" = __complete ]; then exec '${process.execPath}' '${source}' "$@"; fi
for word in "$@"; do printf '%s\\n' "$word"; done > '${called}.part' && mv '${called}.part' '${called}'
`
  for (const name of ['versprei', 'kubectl-versprei']) await writeFile(join(folder, 'bin', name), program, { mode: 0o755 })
  const script = spawnSync(process.execPath, [source, 'completion', shell], { encoding: 'utf8' }).stdout
  await writeFile(join(folder, 'versprei.completion'), script)
  const { run, ...files } = interactive[shell]('. ./versprei.completion')
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), `${text}\n`)
  await mkdir(join(folder, 'home/.config'))
  const env = { PATH: `${join(folder, 'bin')}:${process.env['PATH']}`, HOME: join(folder, 'home'), TERM: 'dumb', LANG: 'C.UTF-8' }
  const child = spawn('script', ['-qec', run, '/dev/null'], { cwd: folder, env, stdio: ['pipe', 'pipe', 'inherit'] })
  const ended = once(child, 'close')
  t.teardown(() => child.kill('SIGKILL'))
  let shown = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => { shown += text })
  await until(`${shell} asks for a command`, async () => (/[$%#>] /u.test(shown) ? true : undefined))
  child.stdin.write(`${keys}\n`)
  try {
    return (await until('it is called', () => readFile(called, 'utf8').catch(() => undefined))).split('\n').slice(0, -1)
  } finally {
    child.stdin.end('exit\n')
    // A shell writes its history when it ends; the folder goes after that.
    await ended
  }
}
