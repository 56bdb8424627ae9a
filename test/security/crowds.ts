import { connect } from 'node:net'
import type { Duplex } from 'node:stream'
import { setTimeout as wait } from 'node:timers/promises'
import type { Test } from 'tap'
import { shake, type Target } from './hostile-requests.ts'
import { compare, megabytes, memory, serve } from './serve-hostile.ts'

const head = 'POST /mutate HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n'

/** What many connections do, each by itself. */
export interface Crowd {
  readonly name: string
  readonly open: (target: Target) => Promise<Duplex>
}

/** @param sent so many bytes of each body of 1 MiB */
export const crowds = (sent: number): readonly Crowd[] => [
  { name: 'connections that never shake hands', open: async ({ port }) => connect(port, '127.0.0.1').on('error', () => undefined) },
  { name: 'connections that send nothing', open: shake },
  {
    name: 'connections with half a head',
    async open(target) {
      const socket = await shake(target)
      socket.write(head)
      return socket
    },
  },
  {
    name: 'connections with half a body of 1 MiB',
    async open(target) {
      const socket = await shake(target)
      socket.write(`${head}content-length: 1048576\r\n\r\n${' '.repeat(sent)}`)
      return socket
    },
  },
]

export interface Crowded {
  /** MiB more than before they came. */
  readonly grown: number
  /** Milliseconds that 99 of 100 answers to others took longer than those of a Versprei that is left in peace. */
  readonly slower: number
}

/** Opens so many connections to a Versprei of their own, and asks it meanwhile as an API server would. @throws when it does not answer */
export async function crowd(t: Test, { open }: Crowd, count: number): Promise<Crowded> {
  const { metricsUrl, ...target } = await serve(t)
  const before = await memory(metricsUrl)
  const opened: Duplex[] = []
  t.teardown(() => { for (const socket of opened) socket.destroy() })
  while (opened.length < count) opened.push(...await Promise.all(Array.from({ length: 20 }, () => open(target))))
  const others = await compare(t, target)
  await wait(1000)
  const slower = await others.stop()
  const grown = megabytes(await memory(metricsUrl) - before)
  for (const socket of opened) socket.destroy()
  return { grown, slower }
}
