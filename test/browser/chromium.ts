import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable, Writable } from 'node:stream'

type Params = Readonly<Record<string, unknown>>

/** What the browser says by itself, in the words of the DevTools protocol: as much of it as is listened to. */
export interface BrowserEvent {
  readonly method: string
  readonly sessionId?: string
  readonly params: {
    readonly requestId?: string
    readonly request?: { readonly url: string }
    readonly blockedReason?: string
    readonly entry?: { readonly level: string, readonly text: string }
    readonly args?: unknown
    readonly exceptionDetails?: unknown
  }
}

/** The answers that are read, one with the other. */
export interface Answer {
  readonly targetId: string
  readonly sessionId: string
  readonly data: string
  readonly result: { readonly value: unknown }
  readonly exceptionDetails?: unknown
  readonly nodes: readonly { readonly ignored: boolean, readonly role?: { readonly value: string }, readonly name?: { readonly value: string } }[]
}

type Message = BrowserEvent & { readonly id?: number, readonly result?: Answer, readonly error?: { readonly message: string } }

export interface Chromium {
  /** A call of the DevTools protocol; throws what the browser says is wrong with it. */
  readonly call: (method: string, params?: Params, sessionId?: string) => Promise<Answer>
  readonly onEvent: (tell: (event: BrowserEvent) => void) => void
  readonly close: () => Promise<void>
}

/** Nothing of a user's, nothing of its own that asks the network, and no name that leads anywhere. */
const flags = [
  '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-dev-shm-usage', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync', '--host-resolver-rules=MAP * ~NOTFOUND', '--remote-debugging-pipe',
]

/** $CHROMIUM, or what is on the PATH. Throws one line that says how to have one. */
function findChromium(): string {
  const names = process.env['CHROMIUM'] === undefined ? ['chromium', 'chromium-browser', 'google-chrome'] : [process.env['CHROMIUM']]
  const found = names.find(name => spawnSync(name, ['--version']).status === 0)
  if (found !== undefined) return found
  const how = 'install it (apt-get install -y --no-install-recommends chromium), or name one in $CHROMIUM'
  throw new Error(`no Chromium: ${names.join(', ')} cannot be run; ${how}`)
}

/** Messages are JSON, each ended by a NUL: the protocol of --remote-debugging-pipe. */
function readMessages(from: Readable, tell: (message: Message) => void): void {
  let rest = ''
  from.setEncoding('utf8').on('data', (text: string) => {
    const parts = `${rest}${text}`.split('\0')
    rest = parts.pop() ?? ''
    for (const part of parts) tell(JSON.parse(part) as Message)
  })
}

export async function startChromium(): Promise<Chromium> {
  const program = findChromium()
  const folder = await mkdtemp(join(tmpdir(), 'versprei-chromium-'))
  const child: ChildProcess = spawn(program, [...flags, `--user-data-dir=${folder}`, 'about:blank'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
  })
  const ended = once(child, 'exit')
  const waiting = new Map<number, PromiseWithResolvers<Answer>>()
  const tells: ((event: BrowserEvent) => void)[] = []
  readMessages(child.stdio[4] as Readable, message => {
    const { id, result, error } = message
    if (id === undefined) {
      for (const tell of tells) tell(message)
      return
    }
    if (result === undefined) waiting.get(id)?.reject(new Error(error?.message))
    else waiting.get(id)?.resolve(result)
    waiting.delete(id)
  })
  child.once('exit', code => {
    for (const { reject } of waiting.values()) reject(new Error(`${program} ended with ${code}`))
  })
  let last = 0
  return {
    call(method, params = {}, sessionId) {
      const answer = Promise.withResolvers<Answer>()
      waiting.set(++last, answer)
      const input = child.stdio[3] as Writable
      input.write(`${JSON.stringify({ id: last, method, params, ...(sessionId !== undefined && { sessionId }) })}\0`)
      return answer.promise
    },
    onEvent: tell => void tells.push(tell),
    async close() {
      child.kill('SIGKILL')
      await ended
      await rm(folder, { recursive: true, force: true, maxRetries: 10 })
    },
  }
}
