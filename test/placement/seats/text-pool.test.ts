import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import t from 'tap'
import { createTextPool } from '../../../src/placement/seats/text-pool.ts'

void t.test('a text comes back as it is, however many there are', async t => {
  const share = createTextPool()
  const texts = Array.from({ length: 150_000 }, (_, index) => `owner-${index % 70_000}`)
  t.ok(texts.every(text => share(text) === text))
})

void t.test('texts shared by many take the memory of one', async t => {
  setFlagsFromString('--expose-gc')
  const collect: unknown = runInNewContext('gc')
  const used = (): number => {
    if (typeof collect === 'function') collect()
    return process.memoryUsage().heapUsed / 2 ** 20
  }
  const memoryOf = (share: (text: string) => string): number => {
    const before = used()
    // As JSON.parse makes them, each text is its own.
    const kept = Array.from({ length: 200_000 }, (_, index) =>
      share(String(JSON.parse(`"owner-4444-${String(index % 100).padStart(20, '0')}"`))))
    const after = used()
    t.equal(new Set(kept).size, 100)
    return after - before
  }
  const [alone, shared] = [memoryOf(text => text), memoryOf(createTextPool())]
  t.ok(shared < alone / 2, `${shared.toFixed(1)} MiB instead of ${alone.toFixed(1)} MiB`)
  t.comment(`${shared.toFixed(1)} MiB instead of ${alone.toFixed(1)} MiB`)
})
