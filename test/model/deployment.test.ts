import t from 'tap'
import { rollingStep, scaleProportionally, type RolledSet } from './deployment.ts'

const set = (wanted: number, available = wanted): RolledSet => ({ wanted, available })

/** Each step as kube-controller-manager's `rolloutRolling` takes it: 10 replicas have a surge of 3, and may lack 2. */
const steps = [
  { name: 'a new set starts with the surge', replicas: 10, sets: [set(10), set(0)], want: [10, 3] },
  { name: 'the old one gives what may be lacking', replicas: 10, sets: [set(10), set(3, 0)], want: [8, 3] },
  { name: 'the new one takes the room', replicas: 10, sets: [set(8), set(3, 0)], want: [8, 5] },
  { name: 'nothing happens while the new pods are not available', replicas: 10, sets: [set(8), set(5, 0)], want: [8, 5] },
  { name: 'the old one shrinks as new pods are available', replicas: 10, sets: [set(8), set(5)], want: [3, 5] },
  { name: 'pods of the old one that are not available go first', replicas: 10, sets: [set(5, 3), set(5, 3), set(3, 0)], want: [3, 5, 3] },
  { name: 'a set that is too large shrinks', replicas: 4, sets: [set(0), set(6)], want: [0, 4] },
  { name: 'it is over', replicas: 10, sets: [set(0), set(10)], want: [0, 10] },
  { name: 'one replica is replaced after its successor is there', replicas: 1, sets: [set(1), set(1, 0)], want: [1, 1] },
]

void t.test('a rolling update goes the way of the Deployment controller', async t => {
  for (const { name, replicas, sets, want } of steps) t.same(rollingStep(replicas, sets, sets.length - 1), want, name)
})

void t.test('an undo rolls to the older set', async t => {
  t.same(rollingStep(10, [set(8), set(5, 0)], 0), [8, 0], 'the pods that are not available go')
  t.same(rollingStep(10, [set(8), set(3, 0)], 0), [10, 3])
})

void t.test('scaling in the middle of a roll gives each set its part', async t => {
  const cases = [
    { name: 'a single one all of it', replicas: 7, before: 10, sets: [set(0), set(10)], want: [0, 7] },
    { name: 'from nothing, the current one', replicas: 7, before: 0, sets: [set(0), set(0)], want: [0, 7] },
    { name: 'out, in proportion', replicas: 20, before: 10, sets: [set(8), set(5)], want: [15, 10] },
    { name: 'in, in proportion', replicas: 5, before: 10, sets: [set(8), set(5)], want: [4, 3] },
    { name: 'to nothing', replicas: 0, before: 10, sets: [set(8), set(5)], want: [0, 0] },
    { name: 'a full one ends the roll', replicas: 5, before: 10, sets: [set(8), set(5)], want: [0, 5], current: 1, available: true },
  ]
  for (const { name, replicas, before, sets, want, available } of cases) {
    const stood = available === true ? sets : sets.map(({ wanted }) => set(wanted, 0))
    t.same(scaleProportionally(replicas, before, stood, sets.length - 1), want, name)
  }
})
