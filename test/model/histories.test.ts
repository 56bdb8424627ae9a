/**
 * Random histories of a cluster with Versprei in it, told by a seed each.
 *
 * VERSPREI_HISTORIES: how many; without it as many as take some seconds, always the same ones. VERSPREI_SEED: the first one's seed; alone,
 * just this one is played. More histories than usual begin at a seed that nobody has chosen.
 */
import t from 'tap'
import { failureOf, historyOf, play } from './history.ts'
import { shrink } from './shrink.ts'

const usual = 1200
const told = process.env['VERSPREI_SEED']
const count = Number(process.env['VERSPREI_HISTORIES'] ?? (told === undefined ? usual : 1))
const first = Number(told ?? (count > usual ? Date.now() % 1e9 : 1))
/** A failure is shrunk, which takes its time: not for every one of many. */
const mostFailures = 3

void t.test('every revision stays as near to its shares as is promised, whatever happens', { timeout: 3_600_000 }, async t => {
  t.comment(`${count} histories from VERSPREI_SEED=${first}`)
  const seen = new Map<string, number>()
  const failed: number[] = []
  for (let seed = first; seed < first + count; seed += 1) {
    const failure = failureOf(historyOf(seed), seen)
    if (failure === undefined) continue
    failed.push(seed)
    const smallest = shrink(historyOf(seed))
    t.fail(`VERSPREI_SEED=${seed}: ${failure}`, { smallest: JSON.stringify(smallest), failure: failureOf(smallest) })
    if (failed.length === mostFailures) break
  }
  t.comment(JSON.stringify(Object.fromEntries([...seen].toSorted(([a], [b]) => a.localeCompare(b)))))
  t.same(failed, [], 'seeds of the histories that failed')
  // A model in which nothing happens promises nothing.
  const rare = ['checked exactly', 'checked with faults', 'checked closed', 'own race', 'calls lost', 'refused', 'exact at the end']
  if (count >= usual) t.same(rare.filter(what => (seen.get(what) ?? 0) < 20), [], 'everything has happened')
})

void t.test('a seed repeats its history', async t => {
  for (const seed of [1, 2, 3, 52]) t.strictSame(play(historyOf(seed)), play(historyOf(seed)))
})
