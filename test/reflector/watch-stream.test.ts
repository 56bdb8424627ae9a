import fc from 'fast-check'
import t from 'tap'
import { parseEvent, readEvents, readLines, type WatchEvent } from '../../src/cluster/watch-stream.ts'

const stream = async function * (chunks: readonly Uint8Array[]) { yield * chunks }
const collect = async <T>(items: AsyncIterable<T>): Promise<T[]> => {
  const all: T[] = []
  for await (const item of items) all.push(item)
  return all
}
const mark = (resourceVersion: string) => JSON.stringify({ type: 'BOOKMARK', object: { metadata: { resourceVersion } } })

void t.test('gives the same lines however the bytes are cut, characters of several bytes included', async () => {
  const line = fc.string({ unit: 'binary', maxLength: 20 }).map(text => text.replaceAll('\n', ''))
  await fc.assert(fc.asyncProperty(fc.array(line), fc.array(fc.nat(200)), async (lines, cuts) => {
    const bytes = Buffer.from(lines.map(text => `${text}\n`).join(''))
    const places = [0, ...cuts.map(cut => Math.min(cut, bytes.length)).toSorted((a, b) => a - b), bytes.length]
    const chunks = places.slice(1).map((to, index) => bytes.subarray(places[index], to))
    const got = await collect(readLines(stream(chunks), 1000, 'here'))
    return JSON.stringify(got) === JSON.stringify(lines)
  }))
})

void t.test('takes an event of several MB', async t => {
  const big = { type: 'ADDED', object: { metadata: { name: 'big', uid: 'u', resourceVersion: '5' }, data: 'é'.repeat(3_000_000) } }
  const bytes = Buffer.from(`${JSON.stringify(big)}\n`)
  const chunks = Array.from({ length: Math.ceil(bytes.length / 65_537) }, (_, at) => bytes.subarray(at * 65_537, (at + 1) * 65_537))
  const [event] = await collect(readEvents(stream(chunks), 16 * 1024 * 1024, 'here'))
  t.strictSame(event?.object, big.object)
})

void t.test('reads several events of one chunk, and passes over empty lines', async t => {
  const events = await collect(readEvents(stream([Buffer.from(`${mark('1')}\n\n${mark('2')}\r\n`)]), 1000, 'here'))
  t.strictSame(events.map(event => event.resourceVersion), ['1', '2'])
})

const bad: readonly { name: string, chunks: readonly string[], message: string, reason: string, status?: number }[] = [
  {
    name: 'a line over the limit',
    chunks: ['x'.repeat(60), 'x'.repeat(41)],
    message: 'here: a line of more than 100 bytes',
    reason: 'Malformed'
  },
  {
    name: 'a stream that ends in a line',
    chunks: ['{"type":'],
    message: 'here: cut off in the middle of an event',
    reason: 'NetworkFault'
  },
  { name: 'a line that is not JSON', chunks: ['{"type":}\n'], message: 'here: a line of 9 characters is not JSON', reason: 'Malformed' },
  { name: 'a type of no meaning', chunks: ['{"type":"ODD","object":{"metadata":{"resourceVersion":"1"}}}\n'],
    message: 'here: a line of 60 characters is not a watch event: its type is none of them', reason: 'Malformed' },
  {
    name: 'a null',
    chunks: ['null\n'],
    message: 'here: a line of 4 characters is not a watch event: its type is none of them',
    reason: 'Malformed'
  },
  { name: 'an object without metadata', chunks: ['{"type":"ADDED","object":{}}\n'],
    message: 'here: an event of type ADDED without a resourceVersion', reason: 'Malformed' },
  { name: 'an ERROR event', chunks: ['{"type":"ERROR","object":{"code":410,"reason":"Expired","message":"too old"}}\n'],
    message: 'here: 410 Expired: too old', reason: 'Expired', status: 410 },
  { name: 'an ERROR event of nothing', chunks: ['{"type":"ERROR","object":null}\n'], message: 'here: Unknown', reason: 'Unknown' }
]
for (const { name, chunks, message, reason, status } of bad) {
  void t.test(`throws at ${name}`, async t => {
    const read = collect(readEvents(stream(chunks.map(chunk => Buffer.from(chunk))), 100, 'here'))
    await t.rejects(read, { message, reason, status })
  })
}

void t.test('keeps keys that JavaScript has a meaning for', async t => {
  const line = '{"type":"ADDED","object":{"metadata":{"resourceVersion":"1","name":"n","uid":"u","labels":{"__proto__":"x"}}}}'
  const { key }: WatchEvent = parseEvent(line, 'here')
  t.strictSame(key, { namespace: '', name: 'n', uid: 'u' })
})
