import t, { type Test } from 'tap'
import type { Screen } from '../../../src/cli/colour.ts'
import type { Picture } from '../../../src/cli/detect/print/picture.ts'
import { watchSurvey } from '../../../src/cli/detect/watch.ts'
import { createFakeClock, until as untilSo } from '../../reflector/fake-clock.ts'
import { until } from '../process.ts'
import { run } from '../../../src/cli/program.ts'
import { picture, shop } from './pictures.ts'
import { putPod, putShop, startWatchedApi, type WatchedApi } from './watched-api.ts'

interface Rig {
  /** What is there to be seen; `version` has to grow with it. */
  readonly world: { version: number, fault: Error | undefined, picture: Picture | Error, screen: Screen | undefined }
  /** Lets a second pass, and returns what was printed and told in it. */
  readonly second: () => Promise<{ readonly out: string, readonly told: readonly string[] }>
  readonly looks: () => number
  readonly end: () => Promise<void>
}

/** The loop, a second at a time. Each drawing is the number of findings, and how wide the screen is. */
const createRig = (t: Test, { screen, first = picture(shop) }: { readonly screen?: Screen, readonly first?: Rig['world']['picture'] } = {}): Rig => {
  const world: Rig['world'] = { version: 1, fault: undefined, picture: first, screen }
  const clock = createFakeClock()
  clock.hold()
  const stopping = new AbortController()
  let [out, told, looks]: [string, string[], number] = ['', [], 0]
  const running = watchSurvey({
    lists: { version: () => world.version, fault: () => world.fault },
    async look() {
      looks += 1
      if (world.picture instanceof Error) throw world.picture
      return world.picture
    },
    draw: ({ survey }, terminal) => `LINE ${terminal?.columns ?? 'whole'}\n\n${survey.findings.length} found\n`,
    screen: () => world.screen, stdout: text => { out += text }, tell: line => { told.push(line) },
    now: () => new Date('2026-01-31T12:00:00Z'), clock, signal: stopping.signal,
  })
  let hasEnded = false
  void running.catch(() => undefined).finally(() => { hasEnded = true })
  const end = async (): Promise<void> => {
    stopping.abort()
    await running
  }
  t.teardown(() => end().catch(() => undefined))
  let isFirst = true
  const second = async () => {
    if (!isFirst) clock.fire(1000)
    isFirst = false
    await untilSo(() => hasEnded || clock.pending().includes(1000))
    if (hasEnded) await running
    const printed = { out, told }
    out = ''
    told = []
    return printed
  }
  return { world, second, looks: () => looks, end }
}

const time = '2026-01-31 12:00:00 UTC\n'

void t.test('a table is printed when it is another one, below the time, and at most once a second', async t => {
  const { world, second, looks, end } = createRig(t)
  t.same(await second(), { out: `${time}LINE whole\n\n5 found\n`, told: [] })
  t.same(await second(), { out: '', told: [] })
  t.equal(looks(), 1, 'where nothing came in nothing is computed')
  world.version = 2
  t.same(await second(), { out: '', told: [] }, 'what came in did not change the table')
  world.version = 90
  world.picture = picture(shop.slice(1))
  t.same(await second(), { out: `\n${time}LINE whole\n\n4 found\n`, told: [] })
  t.equal(looks(), 3)
  await end()
})

void t.test('a cluster that is not reached is told once, and so is that it is back; a watch that begins anew is no loss', async t => {
  const { world, second } = createRig(t)
  await second()
  world.fault = new Error('GET /api/v1/pods: gone')
  t.same(await second(), { out: '', told: [] })
  t.same(await second(), { out: '', told: ['the API server is not reached; going on: GET /api/v1/pods: gone'] })
  world.fault = new Error('GET /api/v1/nodes: gone')
  t.same(await second(), { out: '', told: [] })
  world.fault = undefined
  t.same(await second(), { out: '', told: ['the API server is reached again'] })
})

void t.test('what cannot be read is told when it changes', async t => {
  const { second } = createRig(t, { first: picture(shop, { missing: ['nodes: you may not list them'] }) })
  t.same((await second()).told, ['not read: nodes: you may not list them'])
  t.same((await second()).told, [])
})

void t.test('a look that fails is taken for a loss and is looked again; the first throws', async t => {
  const { world, second, looks } = createRig(t)
  await second()
  world.version = 2
  world.picture = new Error('GET /api/v1/namespaces/shop: gone')
  await second()
  t.same((await second()).told, ['the API server is not reached; going on: GET /api/v1/namespaces/shop: gone'])
  world.picture = picture([])
  t.same(await second(), { out: `\n${time}LINE whole\n\n0 found\n`, told: ['the API server is reached again'] })
  t.equal(looks(), 4)
  await t.rejects(createRig(t, { first: new Error('401') }).second(), { message: '401' })
})

void t.test('at a terminal it is drawn in its place: again when it changes, and on an empty screen when that has another size', async t => {
  const [home, end, eol] = ['\u001B[H\u001B[?7l', '\u001B[J\u001B[?7h', '\u001B[K\n']
  const { world, second } = createRig(t, { screen: { columns: 80, rows: 24 } })
  t.equal((await second()).out, `\u001B[2J${home}LINE 80${eol}${eol}5 found${eol}${end}`)
  t.equal((await second()).out, '')
  world.version = 2
  world.picture = picture([], { missing: ['nodes: no'] })
  t.same(await second(), { out: `${home}LINE 80${eol}${eol}0 found${eol}not read: nodes: no${eol}${end}`, told: [] })
  world.screen = { columns: 100, rows: 24 }
  t.equal((await second()).out, `\u001B[2J${home}LINE 100${eol}${eol}0 found${eol}not read: nodes: no${eol}${end}`)
  world.fault = new Error('cut')
  await second()
  t.match((await second()).out, /0 found.*\n.*\n.*the API server is not reached, this is what was known: cut/u)
})

interface Watching {
  readonly err: () => string
  /** What was printed since this was asked last, once it is as it should be. */
  readonly next: (what: string, wanted: RegExp) => Promise<string>
  /** Ctrl-C; resolves to the exit code. */
  readonly end: () => Promise<number>
}

const watch = (t: Test, { kubeconfig }: WatchedApi, args: readonly string[] = []): Watching => {
  const ending = Promise.withResolvers<NodeJS.Signals>()
  const never = new Promise<NodeJS.Signals>(() => undefined)
  let [out, err, read] = ['', '', 0]
  const ended = run(['detect', '--watch', '--file', kubeconfig, ...args], {
    environment: {}, stdin: async () => '', now: () => new Date('2026-01-31T12:00:00Z'), signals: () => [ending.promise, never],
    screen: () => undefined, stdout: text => { out += text }, stderr: text => { err += text },
  })
  const end = (): Promise<number> => {
    ending.resolve('SIGINT')
    return ended
  }
  t.teardown(end)
  const next = async (what: string, wanted: RegExp): Promise<string> => {
    const text = await until(what, async () => (wanted.test(out.slice(read)) ? out.slice(read) : undefined))
    read += text.length
    return text
  }
  return { err: () => err, next, end }
}

void t.test('by watches: pods that move, nodes that go, a server that is away for a while; Ctrl-C ends it with 0', async t => {
  const api = await startWatchedApi(t)
  putShop(api)
  const watching = watch(t, api)
  t.equal(await watching.next('the first table', /found|one node\n$/u), `${time}of 1 workload none has two pods on one node\n`)
  await until('it watches', async () => api.watches() === 5 || undefined)
  putPod(api, 'web-1-y', 'node-a')
  t.match(await watching.next('a pod has moved', /single node; /u), /^\n2026.*\nNAMESPACE.*\nshop +deployment.apps\/web +single node +2 +1 +0 nodes +node-a: 2\n\n1 of 1/u)
  api.remove('/api/v1/nodes', 'node-a')
  t.match(await watching.next('the node is gone', /workload/u), 'of 1 workload none has two pods on one node')
  t.equal(api.asked.filter(path => path === '/api/v1/pods').length, 1, 'nothing is listed again')
  api.leave()
  await until('the loss is told', async () => watching.err().includes('not reached') || undefined)
  putPod(api, 'web-1-x', 'node-b')
  putPod(api, 'web-1-y', 'node-b')
  api.comeBack()
  t.match(await watching.next('what happened meanwhile', /single node; /u), /node-b: 2/u)
  await until('it is told that it is back', async () => watching.err().includes('reached again') || undefined)
  t.match(watching.err(), /^versprei detect: the API server is not reached; going on: GET \S+: .*\nversprei detect: the API server is reached again\n$/u)
  t.equal(await watching.end(), 0)
})

void t.test('what may not be read, and what the cluster does not have, is told, and the rest is followed', async t => {
  const api = await startWatchedApi(t)
  putShop(api, ['node-b', 'node-b'])
  api.refuse('/api/v1/nodes')
  const watching = watch(t, api, ['--kind', 'Deployment,Rollout'])
  t.match(await watching.next('the first table', /single node; /u), /node-b: 2/u)
  t.match(watching.err(), /not read: nodes: you may not list them.*\n.*not read: rollouts\.argoproj\.io: this cluster does not have them\n$/u)
  putPod(api, 'web-1-y', 'node-a')
  await watching.next('a pod has moved', /none has two/u)
  t.equal(await watching.end(), 0)
})

void t.test('a server that was never reached ends it with 2', async t => {
  const gone = await startWatchedApi(t)
  gone.leave()
  const never = watch(t, gone)
  await until('it is told', async () => /GET \S+\/version: /u.test(never.err()) || undefined)
  t.equal(await never.end(), 2)
})
