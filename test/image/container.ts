import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chown, cp, mkdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Test } from 'tap'
import { stepsOf, type Stage } from './dockerfile.ts'

/** Who may write nothing but what is mounted: config/deploy runs it as this user. */
export const user = 65532

/** Puts into the root of a last stage what its base has of Node.js, the folder to write to, and a folder of manifests, and nothing else. */
export const furnish = async (root: string, manifests: string): Promise<void> => {
  const libraries = execFileSync('ldd', [process.execPath], { encoding: 'utf8' }).matchAll(/(?<path>\/\S+) \(0x/gu)
  const files = [...libraries].map(({ groups = {} }) => groups['path'] ?? '')
  for (const file of files) {
    await mkdir(dirname(join(root, file)), { recursive: true })
    await cp(file, join(root, file), { dereference: true })
  }
  await mkdir(join(root, 'nodejs/bin'), { recursive: true })
  await cp(process.execPath, join(root, 'nodejs/bin/node'))
  await cp(manifests, join(root, 'manifests'), { recursive: true })
  await mkdir(join(root, 'certs'))
  await chown(join(root, 'certs'), user, user)
}

/** As images have it; here it finds what the container is made by. */
const path = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

export interface Container {
  /** The first line that is logged with this message; rejects when it ends without. */
  readonly logs: (message: string) => Promise<Readonly<Record<string, string>>>
  /** Of the program itself, seen from outside. */
  readonly pid: () => Promise<number>
  /** The exit code, or the signal, and all that was printed. */
  readonly ended: Promise<{ readonly code: number | string, readonly printed: string }>
}

/** Starts the entry point of the image as its user and as process 1, with these arguments for its CMD, in that root and nowhere else. */
export const startContainer = (t: Test, root: string, stage: Stage, args: readonly string[]): Container => {
  const [entry] = stepsOf(stage, 'ENTRYPOINT')
  const [id] = stepsOf(stage, 'USER')
  const env = [{ PATH: path }, ...stepsOf(stage, 'ENV').map(({ values }) => values)]
    .flatMap(values => Object.entries(values)).map(([name, value]) => `${name}=${value}`)
  const chroot = ['chroot', `--userspec=${id?.text}`, root, ...entry?.args ?? [], ...args]
  // By `env -i`: tap gives every process of a test what it measures by, which is not there.
  const inside = ['unshare', '--pid', '--fork', '--kill-child', ...chroot]
  const child = spawn('env', ['-i', ...env, ...inside], { stdio: ['ignore', 'pipe', 'pipe'] })
  t.teardown(() => child.kill('SIGKILL'))
  const lines = createInterface(child.stdout)
  const logged: Readonly<Record<string, string>>[] = []
  let printed = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => { printed += text })
  lines.on('line', line => {
    printed += `${line}\n`
    if (line.startsWith('{"level"')) logged.push(JSON.parse(line))
    lines.emit('read')
  })
  const ended = once(child, 'close').then(([code, signal]: (number | string)[]) => ({ code: code ?? signal ?? '', printed }))
  const logs = async (message: string): Promise<Readonly<Record<string, string>>> => {
    for (;;) {
      const found = logged.find(({ msg }) => msg === message)
      if (found !== undefined) return found
      if (await Promise.race([once(lines, 'read'), ended.then(() => 'ended')]) === 'ended') throw new Error(`it ended without "${message}": ${printed}`)
    }
  }
  return {
    logs, ended,
    pid: async () => Number((await readFile(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8')).trim()),
  }
}
