import t from 'tap'
import { createBalanceNews } from '../../../src/placement/status/balance-news.ts'
import { eventReasons, tellNews } from '../../../src/placement/status/news.ts'
import { complaints } from '../../../src/placement/status/reasons.ts'
import { find, listed, noon, standing, statusOf, type Told } from './facts.ts'

const well: Told = {}
const conflicted: Told = { rival: { name: 'all', created: 0 } }
const invalid: Told = { listed: listed({ distribution: [] }) }
const audit: Told = { listed: listed({ enforcement: 'Audit' }) }
const degraded: Told = { complaints: [{ complaint: 'GroupWithoutNodes', detail: 'group spot has no node' }] }
const worse: Told = { complaints: [{ complaint: 'OverlappingGroups', detail: 'x' }] }
const off: Told = { standings: [standing([2, 0], [1, 1])] }

void t.test('a transition is news: good or bad', async t => {
  const cases = [
    { name: 'well from the start', before: undefined, after: well, want: [] },
    { name: 'the same', before: degraded, after: degraded, want: [] },
    { name: 'Balanced alone', before: well, after: off, want: [] },
    { name: 'invalid from the start', before: undefined, after: invalid, want: ['Warning InvalidSpec'] },
    { name: 'mended', before: invalid, after: well, want: ['Normal Placing'] },
    { name: 'a conflict', before: well, after: conflicted, want: ['Warning AnotherDecides'] },
    { name: 'a conflict that ended', before: conflicted, after: well, want: ['Normal Placing', 'Normal NoConflict'] },
    { name: 'promoted', before: audit, after: well, want: ['Normal Placing'] },
    { name: 'tried', before: well, after: audit, want: ['Normal Auditing'] },
    { name: 'degraded', before: well, after: degraded, want: ['Warning GroupWithoutNodes'] },
    { name: 'for another reason', before: degraded, after: worse, want: ['Warning OverlappingGroups'] },
    { name: 'no longer', before: degraded, after: well, want: ['Normal AsExpected'] },
  ]
  for (const { name, before, after, want } of cases) {
    const previous = before === undefined ? [] : statusOf(before).conditions
    t.same(tellNews(previous, statusOf(after)).map(({ type, reason }) => `${type} ${reason}`), want, name)
  }
  t.same(tellNews([], statusOf(degraded)), [{ type: 'Warning', reason: 'GroupWithoutNodes', note: 'group spot has no node' }])
  t.same(complaints.filter(complaint => !eventReasons.includes(complaint)), [])
})

const balanced = (facts: Told, now = noon) => find(statusOf({ ...facts, now }), 'Balanced')

void t.test('not being balanced is news after 30 s, and so is being it again, once', async t => {
  const news = createBalanceNews()
  const told = (at: number) => news.due(noon + at).map(([key, { type, reason, note }]) => `${key} ${type} ${reason} ${note}`)
  const note = (facts: Told, at: number) => news.note('shop/web', balanced(facts), noon + at)?.reason
  t.equal(note(off, 0), undefined)
  t.same(told(20_000), [])
  t.equal(note(well, 20_000), undefined, 'a flutter is no news')
  t.same(told(60_000), [])

  t.equal(note(off, 60_000), undefined)
  t.same(told(89_000), ['shop/web Warning PodsStandWrong 1 pod stands wrong: type-default has 2, wanted 1'])
  t.same(told(99_000), [])
  t.equal(note(off, 99_000), undefined)
  t.same(told(200_000), [])
  t.equal(note(well, 200_000), 'Balanced')
  t.equal(note(well, 201_000), undefined)

  note(off, 300_000)
  news.forget('shop/web')
  t.same(told(400_000), [])
})

void t.test('what another replica has told is not told again', async t => {
  const news = createBalanceNews()
  news.note('old', balanced(off), noon + 30_000, true)
  news.note('young', balanced(off, noon + 10_000), noon + 30_000, true)
  t.same(news.due(noon + 39_000), [])
  t.same(news.due(noon + 41_000).map(([key]) => key), ['young'])
  t.equal(news.note('old', balanced(well), noon + 50_000)?.reason, 'Balanced')
})
