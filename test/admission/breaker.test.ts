import t from 'tap'
import { createBreaker } from '../../src/admission/breaker.ts'

type Step = readonly [at: number, what: 'fail' | 'succeed' | 'late' | boolean]

const cases: readonly { readonly name: string, readonly steps: readonly Step[] }[] = [
  { name: 'lets every call through while none fails', steps: [[0, true], [0, true], [0, 'succeed'], [0, true]] },
  { name: 'refuses all for a second after a failure', steps: [[0, 'fail'], [0, false], [999, false], [1000, true]] },
  { name: 'lets one probe through, and no other meanwhile, however long it takes', steps: [[0, 'fail'], [1000, true], [1000, false], [9000, false]] },
  { name: 'closes when the probe succeeds', steps: [[0, 'fail'], [1000, true], [1100, 'succeed'], [1100, true], [1100, true]] },
  { name: 'is open for another second when the probe fails', steps: [[0, 'fail'], [1000, true], [1100, 'fail'], [2099, false], [2100, true], [2100, false]] },
  { name: 'counts the second from the last failure', steps: [[0, 'fail'], [500, 'fail'], [1499, false], [1500, true]] },
  { name: 'opens when the first call is late', steps: [[0, true], [150, 'late'], [150, false], [1150, true]] },
  { name: 'stays closed while another call was answered within a second', steps: [[0, 'succeed'], [999, 'late'], [999, true], [1000, 'late'], [1000, false]] },
  { name: 'is open for another second when the probe is late, whatever was answered before', steps: [[0, 'succeed'], [10, 'fail'], [1010, true], [1160, 'late'], [1160, false], [2160, true]] },
  { name: 'lets the next probe through after one that was late beside an answer', steps: [[0, 'fail'], [1000, true], [1000, 'late'], [2000, true]] },
  { name: 'closes when a call from before succeeds', steps: [[0, 'fail'], [100, 'succeed'], [100, true], [100, true]] },
]
for (const { name, steps } of cases) {
  void t.test(name, async t => {
    let now = 0
    const breaker = createBreaker(() => now)
    for (const [at, what] of steps) {
      now = at
      if (typeof what === 'boolean') t.equal(breaker.allows(), what, `at ${at}`)
      else breaker[what]()
    }
  })
}

void t.test('is open as long as it is told', async t => {
  let now = 0
  const breaker = createBreaker(() => now, -Infinity, 5)
  breaker.fail()
  now = 4
  t.notOk(breaker.allows())
  now = 5
  t.ok(breaker.allows())
})
