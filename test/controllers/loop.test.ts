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
  })
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
