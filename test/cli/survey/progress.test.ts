import t from 'tap'
import { createProgress } from '../../../src/cli/survey/progress.ts'
import { createStillClock } from '../../controllers/still-clock.ts'

const open = (isTerminal: boolean) => {
  const { clock, advance, pending } = createStillClock()
  const said: string[] = []
  const { onRead, end } = createProgress(clock, text => void said.push(text), { isTerminal, command: 'detect' })
  return { said, onRead, end, advance, pending }
}

void t.test('nothing is told of what takes no longer than a second', async t => {
  for (const isTerminal of [true, false]) {
    const { said, onRead, end, advance, pending } = open(isTerminal)
    onRead('pods', 3)
    await advance(999)
    end()
    await advance(60_000)
    t.same({ said, left: pending() }, { said: [], left: 0 })
  }
})

void t.test('after a second a line, and one more every ten', async t => {
  const { said, onRead, end, advance } = open(false)
  onRead('pods', 1)
  onRead('pods', 499)
  onRead('nodes', 20)
  await advance(1000)
  onRead('pods', 500)
  await advance(9999)
  t.same(said, ['versprei detect: reading: 500 pods, 20 nodes\n'])
  await advance(1)
  end()
  t.same(said.slice(1), ['versprei detect: reading: 1000 pods, 20 nodes\n'])
})

void t.test('at a terminal one line is written over the other, and is gone in the end', async t => {
  const { said, onRead, end, advance } = open(true)
  await advance(1000)
  onRead('pods', 1)
  await advance(200)
  end()
  t.same(said, ['\rversprei detect: reading: nothing yet\u001B[K', '\rversprei detect: reading: 1 pods\u001B[K', '\r\u001B[K'])
})
