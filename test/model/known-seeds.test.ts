/** Histories that failed once, made as small as they get. */
import t from 'tap'
import { failureOf, type History } from './history.ts'

const plain = { adoption: true, promptWatch: true, seed: 1 }

const known: readonly (History & { readonly name: string })[] = [
  {
    name: 'a seat is not handed over when its pod is gone, which the next leader never saw',
    setup: { ...plain, serving: 2, claims: [{ weight: 1, base: 0 }, { weight: 10, base: 0 }, { weight: 3, base: 0 }] },
    steps: [
      { kind: 'scale', to: 3 }, { kind: 'run', ticks: 1 }, { kind: 'scale', to: 1 }, { kind: 'settle', milliseconds: 0 },
      { kind: 'scale', to: 3 }, { kind: 'restart-follower' }, { kind: 'hand-over' },
    ],
  },
  {
    name: 'what one leader gave out is handed on by the next, whose watch showed it, to a third, whose watch did not',
    setup: { ...plain, seed: 1_801_503_252, serving: 3, promptWatch: false, claims: [9, 3, 1, 3].map(weight => ({ weight, base: 0 })) },
    steps: [
      { kind: 'scale', to: 4 }, { kind: 'run', ticks: 2 }, { kind: 'hand-over' }, { kind: 'hand-over' }, { kind: 'settle', milliseconds: 0 },
    ],
  },
  {
    // 4/2/1, 1.67 off where two times the bound is 1.5: a race does not put a pod where its predecessor was.
    name: 'a pod that is replaced in a race of a replica\'s own may be wrong on top of the races',
    setup: { ...plain, serving: 1, claims: [{ weight: 2, base: 0 }, { weight: 2, base: 0 }, { weight: 2, base: 0 }] },
    steps: [
      { kind: 'scale', to: 7 }, { kind: 'settle', milliseconds: 70_000 }, { kind: 'lose-leader', milliseconds: 965 },
      { kind: 'evict', count: 1 }, { kind: 'settle', milliseconds: 0 },
    ],
  },
  {
    name: 'what a replica gave out alone it holds once it leads, although its watch has not shown it',
    setup: { ...plain, seed: 828_779_136, serving: 1, promptWatch: false, claims: [{ weight: 2, base: 0 }, { weight: 34, base: 0 }] },
    steps: [
      { kind: 'scale', to: 10 }, { kind: 'run', ticks: 4 }, { kind: 'evict', count: 4 }, { kind: 'roll', closed: [] },
      { kind: 'lose-leader', milliseconds: 1491 }, { kind: 'settle', milliseconds: 70_000 }, { kind: 'lose-leader', milliseconds: 6859 },
      { kind: 'scale', to: 13 }, { kind: 'run', ticks: 4 }, { kind: 'undo' }, { kind: 'scale', to: 14 }, { kind: 'settle', milliseconds: 0 },
    ],
  },
  {
    name: 'what a closed group cannot take waits there when the others are full',
    setup: { ...plain, serving: 1, claims: [{ weight: 63, base: 3 }, { weight: 6, base: 0, max: 2 }] },
    steps: [{ kind: 'scale', to: 3 }, { kind: 'roll', closed: [0] }],
  },
  {
    name: 'what waited there stays there when the others have room again',
    setup: { ...plain, serving: 1, claims: [{ weight: 2, base: 0, max: 5 }, { weight: 72, base: 0, max: 7 }, { weight: 2, base: 3 }] },
    steps: [
      { kind: 'roll', closed: [2] }, { kind: 'scale', to: 19 }, { kind: 'settle', milliseconds: 0 }, { kind: 'scale', to: 1 },
    ],
  },
  {
    name: 'pods beyond a max that came later hold no seat',
    setup: { ...plain, serving: 1, claims: [{ weight: 1, base: 0 }, { weight: 1, base: 0 }, { weight: 4, base: 0 }] },
    steps: [
      { kind: 'scale', to: 4 }, { kind: 'settle', milliseconds: 70_000 },
      { kind: 'change', claims: [{ weight: 53, base: 0, max: 6 }, { weight: 6, base: 0 }, { weight: 5, base: 0, max: 1 }] },
    ],
  },
]

void t.test('histories that failed once do no longer', async t => {
  for (const { name, ...history } of known) t.equal(failureOf(history), undefined, name)
})
