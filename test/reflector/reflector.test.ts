import t from 'tap'
import { added, bookmark, createRig, ended, event, failure, object, open, page, refuse, reset, type Answer } from './loopback.ts'
import { until } from './fake-clock.ts'

interface Case {
  readonly name: string
  readonly lists?: readonly Answer[]
  readonly watches: readonly Answer[]
  readonly asked: readonly string[]
  readonly told: readonly string[]
  readonly pauses: readonly number[]
}

const cases: readonly Case[] = [
  {
    name: 'goes on where a watch ended, without pause when it brought nothing wrong',
    watches: [ended(added('b', 11)), ended(event('MODIFIED', object('b', 12)), event('DELETED', object('b', 13))), open(added('c', 14))],
    asked: ['list', 'watch 10', 'watch 11', 'watch 13'],
    told: ['replace a/uid-a', 'apply b/uid-b', 'apply b/uid-b', 'remove b/uid-b', 'apply c/uid-c'],
    pauses: [100, 100]
  },
  {
    name: 'backs off from watches that end at once and bring nothing',
    watches: [ended(), ended(), open(added('b', 11))],
    asked: ['list', 'watch 10', 'watch 10', 'watch 10'],
    told: ['replace a/uid-a', 'apply b/uid-b'],
    pauses: [800, 1600]
  },
  {
    name: 'lists again when the watch is answered 410',
    lists: [page(['a'], 10), page(['b'], 20)],
    watches: [refuse(410, 'Expired'), open(added('c', 21))],
    asked: ['list', 'watch 10', 'list', 'watch 20'],
    told: ['replace a/uid-a', 'replace b/uid-b', 'apply c/uid-c'],
    pauses: []
  },
  {
    name: 'lists again at an ERROR event of 410',
    lists: [page(['a'], 10), page(['b'], 20)],
    watches: [open(added('b', 11), failure(410, 'Expired')), open(added('c', 21))],
    asked: ['list', 'watch 10', 'list', 'watch 20'],
    told: ['replace a/uid-a', 'apply b/uid-b', 'replace b/uid-b', 'apply c/uid-c'],
    pauses: []
  },
  {
    name: 'backs off when what was just listed has expired already',
    lists: [page(['a'], 10), page(['b'], 20), page(['c'], 30)],
    watches: [refuse(410, 'Expired'), open(failure(410, 'Expired')), open(added('d', 31))],
    asked: ['list', 'watch 10', 'list', 'watch 20', 'list', 'watch 30'],
    told: ['replace a/uid-a', 'replace b/uid-b', 'replace c/uid-c', 'apply d/uid-d'],
    pauses: [800]
  },
  {
    name: 'lists soon after a 410, however long the API server was away',
    lists: [page(['a'], 10), page(['b'], 20)],
    watches: [reset(), reset(), reset(), refuse(410, 'Expired'), open(added('d', 21))],
    asked: ['list', ...Array<string>(4).fill('watch 10'), 'list', 'watch 20'],
    told: ['replace a/uid-a', 'replace b/uid-b', 'apply d/uid-d'],
    pauses: [800, 1600, 3200]
  },
  {
    name: 'goes on with the watch after another ERROR event',
    watches: [open(added('b', 11), failure(500, 'InternalError')), open(added('c', 12))],
    asked: ['list', 'watch 10', 'watch 11'],
    told: ['replace a/uid-a', 'apply b/uid-b', 'apply c/uid-c'],
    pauses: [800]
  },
  {
    name: 'lists again when two watches in a row were refused and brought nothing',
    lists: [page(['a'], 10), page(['b'], 20)],
    watches: [open(failure(500, 'InternalError')), refuse(504, 'Timeout'), open(added('c', 21))],
    asked: ['list', 'watch 10', 'watch 10', 'list', 'watch 20'],
    told: ['replace a/uid-a', 'replace b/uid-b', 'apply c/uid-c'],
    pauses: [800, 1600]
  },
  {
    name: 'keeps its place through resets, 503 and 429, however many',
    watches: [reset(), refuse(503, 'ServiceUnavailable'), refuse(503, 'ServiceUnavailable'),
      refuse(429, 'TooManyRequests', { 'retry-after': '9' }), reset(), open(added('b', 11))],
    asked: ['list', ...Array<string>(6).fill('watch 10')],
    told: ['replace a/uid-a', 'apply b/uid-b'],
    pauses: [800, 1600, 3200, 9000, 6400]
  },
  {
    name: 'asks again for the event that was cut off in its middle',
    watches: [ended(added('b', 11), added('c', 12).slice(0, 40)), open(added('c', 12))],
    asked: ['list', 'watch 10', 'watch 11'],
    told: ['replace a/uid-a', 'apply b/uid-b', 'apply c/uid-c'],
    pauses: [800]
  },
  {
    name: 'lists again at a line it cannot read, and delivers nothing after it',
    lists: [page(['a'], 10), page(['b'], 20)],
    watches: [open(added('b', 11), '{"type":"ADDED","object":{"meta\n', added('never', 13)), open(added('c', 21))],
    asked: ['list', 'watch 10', 'list', 'watch 20'],
    told: ['replace a/uid-a', 'apply b/uid-b', 'replace b/uid-b', 'apply c/uid-c'],
    pauses: [800]
  },
  {
    name: 'takes an event that comes twice',
    watches: [open(added('b', 11) + added('b', 11) + added('c', 12))],
    asked: ['list', 'watch 10'],
    told: ['replace a/uid-a', 'apply b/uid-b', 'apply b/uid-b', 'apply c/uid-c'],
    pauses: []
  },
  {
    name: 'removes what is no longer of interest',
    watches: [open(event('MODIFIED', object('dull', 11)), added('c', 12))],
    asked: ['list', 'watch 10'],
    told: ['replace a/uid-a', 'remove dull/uid-dull', 'apply c/uid-c'],
    pauses: []
  },
  {
    name: 'shows an object that was deleted and made again while nobody watched under its new uid',
    lists: [page(['a'], 10), response => {
      response.end(JSON.stringify({ metadata: { resourceVersion: '20' }, items: [object('a', 15, 'uid-2')] }))
    }],
    watches: [refuse(410, 'Expired'), open(added('c', 21))],
    asked: ['list', 'watch 10', 'list', 'watch 20'],
    told: ['replace a/uid-a', 'replace a/uid-2', 'apply c/uid-c'],
    pauses: []
  }
]
for (const { name, lists, watches, asked, told, pauses } of cases) {
  void t.test(name, async t => {
    const rig = await createRig(t, { ...(lists && { lists }), watches })
    rig.reflector.start()
    await until(() => rig.told.length >= told.length)
    t.strictSame({ asked: rig.asked, told: rig.told, pauses: rig.clock.pauses }, { asked, told, pauses })
  })
}

void t.test('lists soon after each 410 when the watch between them lasted, even a quiet one', async t => {
  let expire: (() => void) | undefined
  const quiet: Answer = response => {
    open()(response)
    expire = () => { response.write(failure(410, 'Expired')) }
  }
  const rig = await createRig(t, { lists: [page(['a'], 10), page(['b'], 20), page(['c'], 30)], watches: [refuse(410, 'Expired'), quiet] })
  rig.reflector.start()
  await until(() => rig.asked.length === 4)
  rig.clock.advance(60_000)
  expire?.()
  await until(() => rig.asked.length === 6)
  const told = ['replace a/uid-a', 'replace b/uid-b', 'replace c/uid-c']
  t.strictSame({ told: rig.told, pauses: rig.clock.pauses }, { told, pauses: [] })
})

void t.test('puts a character together that was split over chunks', async t => {
  const bytes = Buffer.from(added('blåbær-€', 11))
  const cut = bytes.indexOf('€') + 1
  const slow: Answer = response => {
    open(bytes.subarray(0, cut))(response)
    setImmediate(() => response.write(bytes.subarray(cut)))
  }
  const rig = await createRig(t, { watches: [slow] })
  rig.reflector.start()
  await until(() => rig.told.length === 2)
  t.equal(rig.told[1], 'apply blåbær-€/uid-blåbær-€')
})

void t.test('aborts a line of more than 16 MiB and lists again', async t => {
  const rig = await createRig(t, { watches: [open(Buffer.alloc(17 * 1024 * 1024, 'x'))] })
  rig.reflector.start()
  await until(() => rig.told.length === 2)
  t.strictSame(rig.told, ['replace a/uid-a', 'replace'])
  t.strictSame(rig.asked.slice(0, 3), ['list', 'watch 10', 'list'])
})

void t.test('a bookmark moves the resourceVersion and the last contact, and nothing else', async t => {
  const rig = await createRig(t, { watches: [ended(bookmark(77)), open()] })
  rig.reflector.start()
  await until(() => rig.asked.length === 3)
  t.strictSame({ asked: rig.asked, told: rig.told }, { asked: ['list', 'watch 10', 'watch 77'], told: ['replace a/uid-a'] })
  t.match(rig.reflector.status(), { resourceVersion: '77', lastContact: 1_000_000, events: 0, lists: 1 })
})

void t.test('gives a silent watch up after 150 s, goes on once from the same place, and lists when that is silent too', async t => {
  const rig = await createRig(t, { lists: [page(['a'], 10), page(['b'], 20)], watches: [open(), open(), open()] })
  rig.reflector.start()
  for (const count of [2, 3]) {
    await until(() => rig.asked.length === count && rig.clock.pending().includes(150_000))
    rig.clock.fire(150_000)
  }
  await until(() => rig.asked.length === 5)
  t.strictSame({ asked: rig.asked, told: rig.told }, {
    asked: ['list', 'watch 10', 'watch 10', 'list', 'watch 20'], told: ['replace a/uid-a', 'replace b/uid-b']
  })
  t.match(rig.logged.join(''), /neither an event nor a bookmark for 150 s/)
})

void t.test('every event puts the watchdog off', async t => {
  const rig = await createRig(t, { watches: [open(added('b', 11), bookmark(12))] })
  rig.reflector.start()
  await until(() => rig.reflector.status().resourceVersion === '12')
  // One for the page, one for the watch, one more for each event.
  t.strictSame({ pending: rig.clock.pending(), timeouts: rig.clock.timeouts() }, { pending: [150_000], timeouts: 4 })
})

void t.test('a consumer that throws is told of, counted and served on', async t => {
  const rig = await createRig(t, { watches: [open(added('b', 11), added('c', 12), event('DELETED', object('b', 13)))] })
  rig.fail.apply = true
  rig.reflector.start()
  await until(() => rig.told.length === 4)
  t.strictSame(rig.told, ['replace a/uid-a', 'apply b/uid-b', 'apply c/uid-c', 'remove b/uid-b'])
  t.match(rig.reflector.status(), { faults: 2, restarts: 0, events: 3, resourceVersion: '13' })
  t.equal(rig.logged.filter(line => line.includes('threw')).length, 1)
})

void t.test('says the same trouble once', async t => {
  const rig = await createRig(t, { lists: [...Array<Answer>(5).fill(refuse(403, 'Forbidden')), page(['a'], 10)] })
  rig.reflector.start()
  await rig.reflector.synced
  t.equal(rig.logged.length, 1)
  t.match(JSON.parse(rig.logged[0]!), { level: 40, reflector: '/api/v1/pods', msg: /403 Forbidden/ })
})
