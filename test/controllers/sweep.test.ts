import t, { type Test } from 'tap'
import type { Looked } from '../../src/controllers/adoption.ts'
import { createFindings } from '../../src/controllers/findings.ts'
import { createSweep } from '../../src/controllers/sweep.ts'
import { listDistributor } from '../../src/placement/distributor/listed.ts'
import { createKnowledge, type Knowledge } from '../../src/placement/knowledge.ts'
import { written } from '../placement/known.ts'
import { createStillClock } from './still-clock.ts'

/** Without the time of each. */
const timeless = (looks: readonly string[]) => looks.map(look => look.replace(/^\d+ /u, ''))

const settled: Looked = { isUnsettled: false, isCutOff: false, hasStrays: false, hasLabelled: false }
const inNamespace = (namespace: string, spec: object = {}) => written({ ...spec }, { namespace })

const start = (t: Test, namespaces: readonly string[], left: Partial<Looked> & { readonly fails?: true } = {}, prepare?: (known: Knowledge) => void, strays: ReadonlyMap<string, string> = new Map()) => {
  const knowledge = createKnowledge()
  for (const namespace of namespaces) knowledge.distributors.apply(listDistributor(inNamespace(namespace)))
  prepare?.(knowledge)
  const { clock, advance, pending } = createStillClock()
  const looks: string[] = []
  const state: { left: Partial<Looked> & { readonly fails?: true }, during: (() => void) | undefined, strays: ReadonlyMap<string, string> } =
    { left, during: undefined, strays }
  const findings = createFindings(() => clock.now())
  const sweep = createSweep({
    knowledge, findings, clock, random: () => 0, log: { debug: () => undefined, info: () => undefined, warn: () => undefined },
    adoption: {
      async everywhere() {
        looks.push(`${clock.now()} everywhere`)
        return state.strays
      },
      async look(namespace, distributors, whole) {
        looks.push(`${clock.now()} ${namespace} ${distributors.length}${whole ? ' whole' : ''}`)
        state.during?.()
        if (state.left.fails === true) throw new Error('no answer')
        return { ...settled, ...state.left }
      },
    },
  })
  t.teardown(sweep.stop)
  sweep.start()
  return { knowledge, findings, sweep, advance, pending, state, taken: () => looks.splice(0) }
}

void t.test('every namespace with a distributor is looked at whole at the beginning, and lightly every half a minute', async t => {
  const { advance, taken, sweep, pending } = start(t, ['a', 'b'])
  await advance(0)
  t.strictSame(taken(), ['0 a 1 whole'])
  await advance(29_000)
  t.strictSame(taken(), ['50 b 1 whole'])
  await advance(31_000)
  t.strictSame(taken(), ['30100 a 1', '30150 b 1'])
  await sweep.stop()
  t.equal(pending(), 0, 'no timer is left')
})

void t.test('a change of a distributor is answered within a second, a new status with nothing', async t => {
  const { advance, taken, knowledge, findings } = start(t, ['a'])
  await advance(100)
  taken()
  knowledge.distributors.apply(listDistributor(inNamespace('a')))
  await advance(5000)
  t.strictSame(taken(), [])
  knowledge.distributors.apply(listDistributor(inNamespace('a', { enforcement: 'Preferred' })))
  knowledge.distributors.apply(listDistributor(inNamespace('new')))
  await advance(1100)
  t.same(timeless(taken()), ['a 1 whole', 'new 1 whole'])
  findings.setStrays({ namespace: 'new', name: 'web' }, { pods: 3, standing: new Map() })
  knowledge.distributors.remove('new', 'web')
  await advance(1100)
  t.same(timeless(taken()), ['new 0 whole'], 'its pods may have to be cleaned')
  t.equal(findings.straysOf({ namespace: 'new', name: 'web' }).pods, 0)
  await advance(31_000)
  t.same(timeless(taken()), ['a 1'], 'and then never again')
})

void t.test('the pods of a distributor that went while nobody led are looked at', async t => {
  const { advance, taken } = start(t, ['a'], {}, ({ revisions }) => {
    for (const [namespace, distributor] of [['left', 'gone'], ['a', 'web']] as const) {
      revisions.apply({ uid: namespace, namespace, owner: 'o', distributor, group: 'g', seat: 0, admission: undefined, created: 0 })
    }
  })
  await advance(29_000)
  t.strictSame(taken(), ['0 a 1 whole', '50 left 0 whole'])
})

void t.test('so are those of a distributor that came and went between two comparisons; once', async t => {
  const { advance, taken, knowledge } = start(t, ['a'])
  await advance(5000)
  taken()
  const placed = { uid: 'p', namespace: 'b', owner: 'o', distributor: 'short', group: 'g', seat: 0, admission: undefined, created: 0 }
  knowledge.revisions.apply(placed)
  await advance(65_000)
  t.same(timeless(taken()).filter(look => look.startsWith('b')), ['b 0 whole'])
  knowledge.distributors.apply(listDistributor(written({}, { namespace: 'b', name: 'short' })))
  await advance(1100)
  knowledge.distributors.remove('b', 'short')
  await advance(1100)
  t.same(timeless(taken()).filter(look => look.startsWith('b')), ['b 1 whole', 'b 0 whole'], 'and when it came back, and went')
})

void t.test('what is about to settle is looked at again in five seconds, then less and less often', async t => {
  const { advance, taken, state } = start(t, ['a'], { isUnsettled: true, hasLabelled: true })
  await advance(100_000)
  t.same(taken().map(look => Math.round(Number(look.split(' ')[0]) / 1000)), [0, 5, 15, 35, 65, 95])
  state.left = {}
  await advance(30_000)
  t.match(taken(), [/a 1 whole$/u], 'labelled pods were left: it is whole')
  await advance(30_000)
  t.match(taken(), [/a 1$/u])
  state.left = { isCutOff: true }
  await advance(30_000)
  taken()
  await advance(1000)
  t.equal(taken().length, 20, 'more to adopt: at once')
})

void t.test('a look that fails is tried again, as it was', async t => {
  const { advance, taken } = start(t, ['a'], { fails: true })
  await advance(6000)
  t.match(taken(), [/^0 a 1 whole$/u, /^5\d{3} a 1 whole$/u])
})

void t.test('when asked to, everything is looked at at once, in the middle of a look as well', async t => {
  const { advance, taken, sweep, state } = start(t, ['a', 'b'])
  await advance(1000)
  taken()
  sweep.sweepNow()
  await advance(200)
  t.match(taken(), [/ a 1$/u, / b 1$/u])
  state.during = () => {
    state.during = undefined
    sweep.sweepNow()
  }
  sweep.sweepNow()
  await advance(400)
  t.match(taken(), [/ a 1$/u, / a 1$/u, / b 1$/u])
})

void t.test('a thousand namespaces take their turns, no more than twenty a second', async t => {
  const { advance, taken } = start(t, Array.from({ length: 1000 }, (_, index) => `n${index}`))
  await advance(999)
  const looks = () => taken().filter(look => !look.endsWith('everywhere'))
  t.equal(looks().length, 20)
  await advance(49_000)
  t.equal(new Set(looks().map(look => look.split(' ')[1])).size, 980, 'all of them within 50 s')
})

void t.test('of very many namespaces those come first in which a list of the cluster shows strays', async t => {
  const namespaces = Array.from({ length: 1000 }, (_, index) => `n${index}`)
  const { advance, taken, state, knowledge } = start(t, namespaces, {}, () => undefined, new Map([['n900', '1 a'], ['n901', '2 b']]))
  await advance(200)
  t.strictSame(taken(), ['0 n0 1 whole', '0 everywhere', '50 n900 1 whole', '100 n901 1 whole', '150 n1 1 whole', '200 n2 1 whole'])
  await advance(59_000)
  t.strictSame(timeless(taken()).filter(look => look.endsWith('everywhere') || /^n90\d/u.test(look)).toSorted(), [
    'everywhere', ...Array.from({ length: 8 }, (_, index) => `n90${index + 2} 1 whole`).toSorted(),
  ], 'the same strays are no news')
  state.strays = new Map([['n900', '1 a'], ['n7', '1 c']])
  await advance(2000)
  t.strictSame(timeless(taken()), ['everywhere', 'n7 1', 'n901 1'], 'strays went, strays came')
  await advance(120_000)
  t.equal(timeless(taken()).filter(look => look !== 'everywhere').length, 0, 'where nothing is left to do it is quiet')
  await advance(600_000)
  t.equal(new Set(timeless(taken())).size, 1001, 'but for a look now and then')
  knowledge.distributors.apply(listDistributor(inNamespace('n5', { enforcement: 'Preferred' })))
  await advance(1100)
  t.ok(timeless(taken()).includes('n5 1 whole'), 'a change is answered as ever')
})

void t.test('a search of the cluster that fails leaves the namespaces their turns', async t => {
  const { advance, taken, state, sweep, pending } = start(t, Array.from({ length: 200 }, (_, index) => `n${index}`))
  Object.defineProperty(state, 'strays', { get: () => { throw new Error('no answer') } })
  await advance(20_000)
  t.equal(new Set(timeless(taken())).size, 201)
  await sweep.stop()
  t.equal(pending(), 0, 'no timer is left')
})
