import t from 'tap'
import { parseKey } from '../../src/cluster/object-key.ts'
import { createRig, hang, open, page, refuse, reset, type Answer } from './loopback.ts'
import { until } from './fake-clock.ts'

interface Case {
  readonly name: string
  readonly lists: readonly Answer[]
  readonly asked: readonly string[]
  readonly told: readonly string[]
  readonly pauses?: readonly number[]
}

const cases: readonly Case[] = [
  {
    name: 'hands pages over as one list, asked for without a resourceVersion',
    lists: [page(['a', 'b'], 10, 't1'), page(['c'], 10, 't2'), page(['d'], 10)],
    asked: ['list', 'list  t1', 'list  t2', 'watch 10'],
    told: ['replace a/uid-a b/uid-b c/uid-c d/uid-d']
  },
  { name: 'leaves out what is of no interest', lists: [page(['a', 'dull'], 10)], asked: ['list', 'watch 10'], told: ['replace a/uid-a'] },
  {
    name: 'takes a null for no items',
    lists: [response => response.end('{"metadata":{"resourceVersion":"3"},"items":null}')],
    asked: ['list', 'watch 3'],
    told: ['replace']
  },
  {
    name: 'starts over once when the list expires between pages',
    lists: [page(['a'], 10, 't1'), refuse(410, 'Expired'), page(['a', 'b'], 12)],
    asked: ['list', 'list  t1', 'list', 'watch 12'],
    told: ['replace a/uid-a b/uid-b']
  },
  {
    name: 'begins again soon when a list expires twice, then backs off',
    lists: [page([], 10, 't1'), refuse(410, 'Expired'), page([], 11, 't2'), refuse(410, 'Gone'),
      page([], 12, 't3'), refuse(410, 'Expired'), page([], 13, 't4'), refuse(410, 'Expired'), page(['c'], 14)],
    asked: ['list', 'list  t1', 'list', 'list  t2', 'list', 'list  t3', 'list', 'list  t4', 'list', 'watch 14'],
    told: ['replace c/uid-c'],
    pauses: [800]
  },
  {
    name: 'asks for the same page again after the time a 429 names',
    lists: [page(['a'], 10, 't1'), refuse(429, 'TooManyRequests', { 'retry-after': '7' }), page(['b'], 10)],
    asked: ['list', 'list  t1', 'list  t1', 'watch 10'],
    told: ['replace a/uid-a b/uid-b'],
    pauses: [7000]
  },
  {
    name: 'outlasts refusals, resets and nonsense',
    lists: [refuse(401, 'Unauthorized'), refuse(403, 'Forbidden'), refuse(404, 'NotFound'), refuse(503, 'ServiceUnavailable'), reset(),
      response => response.end('{"items":'), response => response.end('"list"'), page(['a'], 10)],
    asked: [...Array<string>(8).fill('list'), 'watch 10'],
    told: ['replace a/uid-a'],
    pauses: [800, 1600, 3200, 6400, 12_800, 25_600, 30_000]
  }
]
for (const { name, lists, asked, told, pauses = [] } of cases) {
  void t.test(name, async t => {
    const rig = await createRig(t, { lists })
    rig.reflector.start()
    await rig.reflector.synced
    await until(() => rig.asked.length >= asked.length)
    t.strictSame({ asked: rig.asked, told: rig.told, pauses: rig.clock.pauses }, { asked, told, pauses })
  })
}

void t.test('gives up a page that hangs, before the answer or in its middle, and asks again', async t => {
  const rig = await createRig(t, { lists: [hang, open('{"items":['), page(['a'], 10)] })
  rig.reflector.start()
  for (const count of [1, 2]) {
    await until(() => rig.asked.length === count && rig.clock.pending().includes(60_000))
    rig.clock.fire(60_000)
    await until(() => rig.clock.pauses.length === count)
    t.match(rig.reflector.status(), { synced: false, lastError: { reason: 'Timeout', message: /no whole page of the list within 60 s$/ } })
  }
  await rig.reflector.synced
  t.strictSame(rig.told, ['replace a/uid-a'])
})

void t.test('shows why there is no list, and forgets it once there is one', async t => {
  const rig = await createRig(t, { lists: [refuse(404, 'NotFound'), page(['a'], 10)] })
  rig.clock.hold()
  rig.reflector.start()
  await until(() => rig.clock.pending().includes(800))
  t.match(rig.reflector.status(), {
    synced: false,
    lastContact: undefined,
    restarts: 1,
    lastError: { status: 404, reason: 'NotFound', message: /^GET http.*\/api\/v1\/pods: 404 NotFound: no: NotFound$/ }
  })
  rig.clock.fire(800)
  await rig.reflector.synced
  t.strictSame(rig.reflector.status(), {
    synced: true, lastContact: 1_000_800, resourceVersion: '10', lists: 1, events: 0, restarts: 1, faults: 0, lastError: undefined
  })
})

void t.test('asks for metadata alone when that is enough', async t => {
  const rig = await createRig(t, {}, { metadataOnly: true, query: { labelSelector: 'versprei.io/distributor' }, pageSize: 7 })
  rig.reflector.start()
  await until(() => rig.accepted.length === 2)
  const selector = 'labelSelector=versprei.io%2Fdistributor'
  const watch = 'watch=1&allowWatchBookmarks=true&resourceVersion=10&timeoutSeconds=300'
  t.strictSame(rig.accepted, [
    `application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1 ${selector}&limit=7`,
    `application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1 ${selector}&${watch}`
  ])
})

void t.test('lists again when the consumer of a list throws', async t => {
  const rig = await createRig(t, { lists: [page(['a'], 10), page(['b'], 11)] })
  rig.fail.replace = true
  rig.clock.hold()
  rig.reflector.start()
  await until(() => rig.clock.pending().includes(800))
  t.match(rig.reflector.status(), { synced: false, faults: 1, lastError: { reason: 'ConsumerFailed' } })
  rig.fail.replace = false
  rig.clock.fire(800)
  await rig.reflector.synced
  t.strictSame(rig.told, ['replace a/uid-a', 'replace b/uid-b'])
})

void t.test('leaves out an object that parsing throws at, and says so once', async t => {
  const rig = await createRig(t, { lists: [page(['a', 'b', 'c'], 10)] })
  rig.fail.parse = true
  rig.reflector.start()
  await rig.reflector.synced
  const { faults } = rig.reflector.status()
  t.strictSame({ told: rig.told, faults, logged: rig.logged.length }, { told: ['replace'], faults: 3, logged: 1 })
})

void t.test('takes a turn with everything else that waits, however long a page is, and hands over all of it at once', async t => {
  const names = Array.from({ length: 1000 }, (_, index) => `n-${index}`)
  let [parsed, most, isOver] = [0, 0, false]
  const count = () => {
    most = Math.max(most, parsed)
    parsed = 0
    if (!isOver) setImmediate(count)
  }
  const parse = (object: unknown) => {
    parsed += 1
    const name = parseKey(object)?.key.name ?? ''
    return { name, uid: name }
  }
  const rig = await createRig(t, { lists: [page(names, 10)] }, { parse })
  count()
  rig.reflector.start()
  await rig.reflector.synced
  isOver = true
  t.ok(most > 0 && most <= 100, `${most} between two turns`)
  t.strictSame(rig.told, [`replace ${names.map(name => `${name}/${name}`).join(' ')}`])
})

void t.test('a stop in the middle of a page hands over nothing', async t => {
  const stopping = Promise.withResolvers<void>()
  let parsed = 0
  const rig = await createRig(t, { lists: [page(Array.from({ length: 1000 }, (_, index) => `n-${index}`), 10)] }, {
    parse: () => {
      parsed += 1
      if (parsed === 150) stopping.resolve(rig.reflector.stop())
      return { name: '', uid: '' }
    },
  })
  rig.reflector.start()
  await stopping.promise
  t.strictSame(rig.told, [])
  t.ok(parsed < 1000, `${parsed} parsed`)
})
