import { fork, spawn, type ChildProcess } from 'node:child_process'
import { createInterface } from 'node:readline'

/** The processes of one bench. Each is ended by its id, at the end and when the bench itself is killed. */
export interface Children {
  /** Runs a script of ours; resolves with its process and the first message that it sends. */
  readonly fork: (script: string, args: readonly string[]) => Promise<{ readonly child: ChildProcess, readonly message: unknown }>
  /** Runs `node` with these arguments; resolves with its process and the first line on its standard output that `isIt` lets through. */
  readonly node: (args: readonly string[], isIt: (line: string) => boolean) => Promise<{ readonly child: ChildProcess, readonly line: string }>
  readonly end: () => void
}

export function createChildren(): Children {
  const ends: (() => void)[] = []
  const keep = (child: ChildProcess): void => {
    // The kernel closes the guard's standard input when this process is killed: nothing outlives a bench.
    const guard = spawn('sh', ['-c', 'trap "" INT TERM; read -r done || kill -9 "$0"', String(child.pid)], { stdio: ['pipe', 'ignore', 'ignore'] })
    guard.stdin.on('error', () => undefined)
    child.on('exit', () => guard.stdin.end('done\n'))
    ends.push(() => child.kill('SIGKILL'))
  }
  const orExit = async <T>(child: ChildProcess, name: string, wanted: Promise<T>): Promise<T> => {
    const gone = new Promise<never>((_resolve, reject) => {
      child.on('error', reject)
      child.on('exit', code => reject(new Error(`${name} ended with exit code ${code}`)))
    })
    gone.catch(() => undefined)
    return Promise.race([wanted, gone])
  }
  return {
    async fork(script, args) {
      const child = fork(script, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
      keep(child)
      const message = new Promise<unknown>(resolve => child.once('message', resolve))
      return { child, message: await orExit(child, script, message) }
    },
    async node(args, isIt) {
      const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
      keep(child)
      const lines = createInterface(child.stdout)
      const line = new Promise<string>(resolve => lines.on('line', text => isIt(text) && resolve(text)))
      return { child, line: await orExit(child, `node ${args[0]}`, line) }
    },
    end() {
      for (const end of ends) end()
    },
  }
}
