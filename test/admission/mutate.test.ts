import t from 'tap'
import { createClient, createPod, createReview, placed, review, serve, untouched } from './serving.ts'

void t.test('a pod is placed: patchType and patch, nothing else, and the same uid gets the same answer', async t => {
  const { port, counted } = await serve(t)
  const send = createClient(t, port)
  const first = await send({ body: review('a') })
  t.same({ status: first.status, body: first.body }, { status: 200, body: placed('a', 0) })
  t.same((await send({ path: '/mutate?timeout=3s', body: review('b') })).body, placed('b', 1), 'as the API server asks')
  t.same((await send({ body: review('a') })).body, placed('a', 0))
  t.same(counted, ['placed', 'placed', 'placed'])
})

void t.test('a dry run is answered the same and takes no seat', async t => {
  const { port } = await serve(t)
  const send = createClient(t, port)
  t.same((await send({ body: review('a', { dryRun: true }) })).body, placed('a', 0))
  t.same((await send({ body: review('b') })).body, placed('b', 0))
})

const controllers = createPod().metadata.ownerReferences
const outOfScope: readonly { name: string, change?: object, object?: unknown, reason: string, warnings?: string[] }[] = [
  { name: 'an update', change: { operation: 'UPDATE' }, reason: 'not-create' },
  { name: 'no operation', change: { operation: undefined }, reason: 'not-create' },
  { name: 'an operation of the wrong type', change: { operation: ['CREATE'] }, reason: 'not-create' },
  { name: 'a subresource', change: { subResource: 'eviction', kind: { group: 'policy', kind: 'Eviction' } }, reason: 'subresource' },
  { name: 'a Pod of another group', change: { kind: { group: 'x.io', kind: 'Pod' } }, reason: 'not-a-pod' },
  { name: 'no kind', change: { kind: null }, reason: 'not-a-pod' },
  { name: 'kube-system', change: { namespace: 'kube-system' }, reason: 'kube-system' },
  { name: 'its own namespace', change: { namespace: 'versprei-system' }, reason: 'own-namespace' },
  { name: 'a namespace without a distributor', change: { namespace: 'constructor' }, reason: 'no-distributor' },
  { name: 'CREATE with a null object', object: null, reason: 'no-object' },
  { name: 'a list for the object', object: [], reason: 'malformed', warnings: ['versprei: not placed: object is not a map'] },
  {
    name: 'a list for labels', object: createPod({ metadata: { labels: ['a'], ownerReferences: controllers } }),
    reason: 'malformed', warnings: ['versprei: not placed: metadata.labels is not a map'],
  },
  {
    name: 'a number for a term',
    object: createPod({ spec: { affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [1] } } } } }),
    reason: 'malformed',
    warnings: [
      'versprei: not placed: spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms is not a map',
    ],
  },
  {
    name: 'a pod with our label', object: createPod({ metadata: { labels: { 'pod-template-hash': '5d4f', 'versprei.io/group': 'mine' } } }),
    reason: 'already-labelled', warnings: ['versprei: not placed: the pod template sets the label versprei.io/group; remove it there'],
  },
  {
    name: 'annotations near the limit', object: createPod({ metadata: { annotations: { big: 'x'.repeat(262_100) } } }),
    reason: 'annotations-too-large', warnings: ["versprei: not placed: the pod's annotations leave no room for ours"],
  },
]
for (const { name, change, object, reason, warnings = [] } of outOfScope) {
  void t.test(`${name} is allowed untouched, as ${reason}`, async t => {
    const { port, counted } = await serve(t)
    const { status, body } = await createClient(t, port)({ body: review('a', change, object === undefined ? createPod() : object) })
    t.same({ status, body }, { status: 200, body: untouched('a', ...warnings) })
    t.same(counted, [reason])
  })
}

void t.test('a pod with our labels and a seat that it was not given is allowed without the seat', async t => {
  const { port, counted } = await serve(t)
  const labels = { 'pod-template-hash': '5d4f', 'versprei.io/distributor': 'web', 'versprei.io/group': 'mine' }
  const annotations = { 'versprei.io/seat': '0', note: 'é' }
  const { body } = await createClient(t, port)({ body: review('a', {}, createPod({ metadata: { labels, annotations } })) })
  const patch = [{ op: 'add', path: '/metadata/annotations', value: { note: 'é' } }]
  t.match(body, { response: { allowed: true, patchType: 'JSONPatch', warnings: [/sets the label versprei\.io\/distributor/u] } })
  const { response } = body as { readonly response: { readonly patch: string } }
  t.same(JSON.parse(Buffer.from(response.patch, 'base64').toString()), patch)
  t.same(counted, ['already-labelled'])
})

void t.test('CREATE without an object is allowed untouched', async t => {
  const { port, counted } = await serve(t)
  const { body } = await createClient(t, port)({ body: JSON.stringify(createReview('a', { object: undefined })) })
  t.same({ body, counted }, { body: untouched('a'), counted: ['no-object'] })
})

/** JSON with these keys in every map, as text: an object literal cannot hold them all. */
const poison = (value: unknown, keys: string, texts: string, isTexts = false): string => {
  if (Array.isArray(value)) return `[${value.map(item => poison(item, keys, texts)).join()}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const own = Object.entries(value).map(([key, held]) =>
    `${JSON.stringify(key)}:${poison(held, keys, texts, ['labels', 'annotations', 'nodeSelector'].includes(key))}`)
  return `{${[isTexts ? texts : keys, ...own].join()}}`
}
const poisons = [
  { name: '__proto__', keys: '"__proto__": {"polluted": "yes"}', texts: '"__proto__": "x"' },
  { name: 'constructor.prototype', keys: '"constructor": {"prototype": {"polluted": "yes"}}', texts: '"constructor": "x"' },
  { name: 'constructor', keys: '"constructor": "x", "toString": null', texts: '"constructor": "x", "hasOwnProperty": "y"' },
]
for (const { name, keys, texts } of poisons) {
  void t.test(`a pod with the key ${name} everywhere is placed as any other`, async t => {
    const { port, counted } = await serve(t)
    const pod = createPod({ spec: { nodeSelector: { x: 'y' }, volumes: [{ name: 'v', deep: { deeper: {} } }] } })
    const { status, body } = await createClient(t, port)({ body: poison(createReview('a', {}, pod), keys, texts) })
    t.same({ status, body, counted }, { status: 200, body: placed('a', 0), counted: ['placed'] })
    t.notOk('polluted' in {})
  })
}

void t.test('a decision that throws lets the pod through untouched, is logged once and counted', async t => {
  const { port, counted, logged } = await serve(t, { decide: () => { throw new Error('no seat at all') } })
  const { status, body } = await createClient(t, port)({ body: review('a') })
  t.same({ status, body }, { status: 200, body: untouched('a', 'versprei: not placed: internal error, see the log of Versprei') })
  t.same(counted, ['internal-error'])
  t.match(logged, [{ level: 50, err: { message: 'no seat at all' }, uid: 'a', namespace: 'shop' }])
  t.equal(logged.length, 1)
})

void t.test('each decision is one line at debug', async t => {
  const { port, logged } = await serve(t, { level: 'debug' })
  const send = createClient(t, port)
  await send({ body: review('a') })
  await send({ body: review('b', { dryRun: true }, createPod({ metadata: { labels: { 'pod-template-hash': '5d4f', 'versprei.io/group': 'x' } } })) })
  t.same(logged, [
    { level: 20, uid: 'a', namespace: 'shop', dryRun: false, distributor: 'web', group: 'type-spot', seat: 0, msg: 'placed' },
    {
      level: 20, uid: 'b', namespace: 'shop', dryRun: true, reason: 'already-labelled',
      warning: 'not placed: the pod template sets the label versprei.io/group; remove it there', msg: 'skipped',
    },
  ])
})

void t.test('nothing is logged of a request at info, be it good or bad', async t => {
  const { port, logged } = await serve(t)
  const send = createClient(t, port)
  await send({ body: review('a') })
  await send({ body: '{' })
  await send({ path: '/elsewhere', body: review('a') })
  t.same(logged, [])
})

void t.test('a decision is timed from the parsed body, in seconds', async t => {
  const seconds: number[] = []
  let now = 1000
  const { port } = await serve(t, { elapsed: () => { now += 2; return now }, count: (_, took) => { seconds.push(took) } })
  await createClient(t, port)({ body: review('a') })
  t.same(seconds, [0.002])
})

void t.test('while draining every answer asks for a new connection', async t => {
  const { port, state } = await serve(t)
  const send = createClient(t, port)
  const [one, two] = [await send({ body: review('a') }), await send({ body: '{' })]
  state.draining = true
  const [three, four, five] = [await send({ body: review('b') }), await send({ body: '{' }), await send({ body: review('c') })]
  t.same([one, two, three, four, five].map(({ status, connection }) => `${status} ${connection}`),
    ['200 keep-alive', '400 keep-alive', '200 close', '400 close', '200 close'])
  t.equal(new Set([one.from, two.from, three.from]).size, 1)
  t.equal(new Set([three.from, four.from, five.from]).size, 3)
})
