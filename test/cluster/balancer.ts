import { connect, createServer, type Socket } from 'node:net'
import { createConversation, type Conversation } from './conversation.ts'

/** Where a replica listens. */
export interface Address {
  readonly port: number
  /** Answers 200 while the replica wants to be called. */
  readonly readyUrl: string
}

/** One replica behind the balancer. */
export interface Endpoint {
  /** Whether it says that it is ready, and stays. */
  readonly isReady: () => boolean
  /** Whether new connections go to it: as `isReady`, once that has been noticed. */
  readonly isInRotation: () => boolean
  /** Its pod is deleted: as long as it says that it is ready it is called where no other is, and not otherwise. */
  readonly leave: () => void
  /** Calls that it has been sent and has not answered. */
  readonly waiting: () => number
  /** Calls whose connection was closed, by either side, before they were answered. */
  readonly lost: () => number
  /** Connections that it has been given. */
  readonly connections: () => number
  /** Forgets it: nothing more goes to it, and its readiness is not looked at. Its open connections stay. */
  readonly remove: () => void
}

export interface Balancer {
  readonly port: number
  readonly add: (address: Address) => Endpoint
  /** Closes the connections on which no call waits: the next call goes to the next in turn. */
  readonly disconnect: () => void
  readonly close: () => Promise<void>
}

export interface BalancerOptions {
  /** Milliseconds between two looks at readiness. */
  readonly lookEvery?: number
  /** How many looks in a row have to go unanswered before an endpoint leaves the rotation; one that says it is not ready leaves at once. */
  readonly unreadyAfter?: number
  /**
   * Milliseconds until it acts upon a change, as a node's proxy follows its Services by a watch: meanwhile it calls whom it knows, and one that
   * does not listen any more, too. By default it acts at once, and tries the next where nobody listens.
   */
  readonly noticeAfter?: number
  /** Told the milliseconds of every call; see `createConversation`. */
  readonly onCall?: (milliseconds: number) => void
}

/** What is known of an endpoint; leaving: ready, and its pod deleted. */
type Standing = 'ready' | 'leaving' | 'unready'

interface State {
  readonly address: Address
  /** Each with what ends its connection. */
  readonly conversations: Map<Conversation, () => void>
  failedLooks: number
  isLeaving: boolean
  /** What was noticed of it, and by which it is called. */
  noticed: Standing
  lost: number
  connections: number
}

/** Milliseconds: a frozen replica does not answer, and its connections are closed by nobody. */
const lookTimeout = 1000

/** Whether it says that it is ready; undefined when it says nothing. */
async function askWhetherReady(url: string): Promise<boolean | undefined> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(lookTimeout) })
    await answer.text()
    return answer.status === 200
  } catch {
    return undefined
  }
}

/**
 * One address for several replicas, as a Service is: it balances by connection, in turns, among those that are in rotation, and looks at
 * their readiness as the kubelet and the endpoints controller do. A replica that is frozen stays in rotation until that is noticed, and
 * connections that it has are never moved. Those that are leaving are called where none other is ready, as kube-proxy does since 1.28.
 */
export async function createBalancer(options: BalancerOptions = {}): Promise<Balancer> {
  const { lookEvery = 500, unreadyAfter = 3, noticeAfter = 0, onCall = () => undefined } = options
  const states: State[] = []
  const sockets = new Set<Socket>()
  let turn = 0
  const standingOf = ({ isLeaving, failedLooks }: State): Standing =>
    failedLooks >= unreadyAfter ? 'unready' : isLeaving ? 'leaving' : 'ready'
  const later = (notice: () => void): void => {
    if (noticeAfter === 0) notice()
    else setTimeout(notice, noticeAfter).unref()
  }
  const change = (state: State): void => {
    const standing = standingOf(state)
    later(() => { state.noticed = standing })
  }
  const called = (): readonly State[] => {
    const ready = states.filter(({ noticed }) => noticed === 'ready')
    return ready.length > 0 ? ready : states.filter(({ noticed }) => noticed === 'leaving')
  }

  const dial = (client: Socket, candidates: readonly State[]): void => {
    const [state, ...others] = candidates
    if (state === undefined) {
      client.resetAndDestroy()
      return
    }
    const server = connect({ port: state.address.port, host: '127.0.0.1', noDelay: true })
    server.once('error', () => dial(client, others))
    server.once('connect', () => {
      server.removeAllListeners('error')
      join(client, server, state, onCall)
    })
    sockets.add(server)
    server.once('close', () => sockets.delete(server))
  }
  const server = createServer({ pauseOnConnect: true, noDelay: true }, client => {
    sockets.add(client)
    client.on('error', () => undefined).once('close', () => sockets.delete(client))
    turn += 1
    const candidates = called()
    const inTurn = candidates.map((_, index) => candidates[(turn + index) % candidates.length]!)
    dial(client, noticeAfter === 0 ? inTurn : inTurn.slice(0, 1))
  })
  await new Promise<void>((resolve, reject) => {
    server.on('error', reject).listen(0, '127.0.0.1', resolve)
  })
  const look = async (state: State): Promise<void> => {
    const said = await askWhetherReady(state.address.readyUrl)
    state.failedLooks = said === true ? 0 : said === false ? unreadyAfter : state.failedLooks + 1
    change(state)
  }
  const timer = setInterval(() => {
    for (const state of states) void look(state)
  }, lookEvery)
  const bound = server.address()
  return {
    port: typeof bound === 'object' && bound !== null ? bound.port : 0,
    add(address) {
      // As a new pod: not in rotation before it has been seen to be ready.
      const state: State = {
        address, conversations: new Map(), failedLooks: unreadyAfter, isLeaving: false, noticed: 'unready', lost: 0, connections: 0,
      }
      states.push(state)
      void look(state)
      return {
        isReady: () => standingOf(state) === 'ready',
        isInRotation: () => state.noticed === 'ready',
        leave() {
          state.isLeaving = true
          change(state)
        },
        waiting: () => [...state.conversations.keys()].filter(conversation => conversation.isWaiting()).length,
        lost: () => state.lost,
        connections: () => state.connections,
        remove: () => later(() => { states.splice(states.indexOf(state), 1) }),
      }
    },
    disconnect() {
      for (const { conversations } of states) for (const [conversation, end] of conversations) if (!conversation.isWaiting()) end()
    },
    async close() {
      clearInterval(timer)
      for (const socket of sockets) socket.destroy()
      await new Promise(resolve => { server.close(resolve) })
    },
  }
}

/** Passes bytes both ways, as they are, until either side is gone: then the other goes the same way. */
function join(client: Socket, server: Socket, state: State, onCall: (milliseconds: number) => void): void {
  const conversation = createConversation(() => performance.now(), onCall)
  state.connections += 1
  const end = (): void => {
    if (!state.conversations.delete(conversation)) return
    if (conversation.isWaiting()) state.lost += 1
    conversation.end()
    client.destroySoon()
    server.destroySoon()
  }
  state.conversations.set(conversation, end)
  client.on('data', data => conversation.asked(data.length))
  server.on('data', data => conversation.answered(data.length))
  client.pipe(server)
  server.pipe(client)
  for (const socket of [client, server]) socket.on('error', () => socket.destroy()).on('close', end)
}
