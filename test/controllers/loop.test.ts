import t from 'tap'
import { createLoop } from '../../src/controllers/loop.ts'
import { createStillClock } from './still-clock.ts'

void t.test('turn and rest follow each other; waking ends a rest, and stopping waits for the turn under way', async t => {
  const { clock, advance, pending } = createStillClock()
  const at: number[] = []
  let hold: (() => void) | undefined
  let isHeld = false
  const loop = createLoop(clock, async () => {
    at.push(clock.now())
    if (isHeld) await new Promise<void>(resolve => { hold = resolve })
    return 100
  }, { warn: () => undefined })
  await advance(500)
  t.strictSame(at, [], 'nothing before it is started')
  loop.start()
  loop.start()
  await advance(250)
  t.strictSame(at.splice(0), [500, 600, 700])
  loop.wake()
  await advance(60)
  t.strictSame(at.splice(0), [750])
  isHeld = true
  await advance(40)
  let isOver = false
  const stopped = loop.stop().finally(() => { isOver = true })
  await advance(1000)
  t.strictSame([at, isOver, loop.isStopped()], [[850], false, true])
  hold?.()
  await stopped
  await advance(1000)
  t.strictSame([at, pending()], [[850], 0])
})

void t.test('a turn that throws is told once while it is the same, and the next comes later each time, until one succeeds', async t => {
  const { clock, advance } = createStillClock()
  const at: number[] = []
  const told: string[] = []
  let trouble: string | undefined = 'one'
  const loop = createLoop(clock, async () => {
    at.push(clock.now())
    if (trouble !== undefined) throw new Error(trouble)
    return 1000
  }, { warn: (_fields: unknown, text?: unknown) => void told.push(String(text)) })
  loop.start()
  await advance(20_000)
  t.strictSame([at.splice(0), told.splice(0)], [[0, 1000, 3000, 7000, 15_000], ['a turn ended early: one; going on']])
  trouble = 'two'
  await advance(400_000)
  t.strictSame([at.splice(0).slice(0, 5), told.splice(0)], [[31_000, 63_000, 123_000, 183_000, 243_000], ['a turn ended early: two; going on']])
  trouble = undefined
  await advance(62_000)
  t.ok(at.splice(0).length > 1, 'every second again')
  trouble = 'two'
  await advance(1000)
  t.strictSame(told, ['a turn ended early: two; going on'], 'after a success it is news')
  await loop.stop()
})
