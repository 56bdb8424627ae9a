import { readdir, rm, mkdir, writeFile } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import t from 'tap'
import { answer } from '../../src/admission/answer.ts'
import { parseReview } from '../../src/admission/review.ts'
import { applyPatch } from '../../src/cli/apply-patch.ts'
import { learn } from '../../src/manifests/learn.ts'
import { decide } from '../../src/placement/decide.ts'
import { createKnowledge } from '../../src/placement/knowledge.ts'
import { isMap } from '../../src/placement/is-map.ts'
import { annotated, annotationRoom } from './annotated.ts'
import { fileOf, readAnswer, readGround, readReview, type GoldenAnswer, type Review } from './golden-set.ts'
import { recordNames } from './workload.ts'
import { workloads } from './workloads.ts'

const isUpdate = process.env['UPDATE_GOLDEN'] === '1'
const names = workloads.flatMap(recordNames).toSorted()
const ground = await readGround()

/** The answer to one review by a Versprei that knows the distributors and nodes, and of no pod. */
function replay(review: Review): GoldenAnswer {
  const knowledge = createKnowledge('versprei-system')
  const troubles = learn(knowledge, ground)
  if (troubles.length > 0) throw new Error(troubles.join('\n'))
  const parsed = parseReview(review)
  if ('wrong' in parsed) throw new Error(parsed.wrong)
  const decision = decide(knowledge, parsed.request, 0)
  const { response } = answer(parsed.request.uid, decision)
  if (response.uid !== review.request.uid) throw new Error(`answered to ${response.uid}`)
  return {
    ...decision.kind === 'place' ? { group: decision.group, seat: decision.seat } : { reason: decision.reason },
    ...response.warnings && { warnings: response.warnings },
    ...response.patch !== undefined && { patch: JSON.parse(Buffer.from(response.patch, 'base64').toString()) },
  }
}

/** Our annotations, which a template may hold from elsewhere: the only things that may change. */
const overwritten = new Set(['versprei.io/seat', 'versprei.io/admission'])

/** Paths at which `after` lacks what `before` has, or has it otherwise. Lists may grow at their end. */
function lost(before: unknown, after: unknown, path = ''): readonly string[] {
  if (Array.isArray(before)) {
    return Array.isArray(after) ? before.flatMap((item, index) => lost(item, after[index], `${path}/${index}`)) : [path]
  }
  if (!isMap(before)) return Object.is(before, after) ? [] : [path]
  if (!isMap(after)) return [path]
  return Object.keys(before).filter(key => !overwritten.has(key)).flatMap(key => lost(before[key], after[key], `${path}/${key}`))
}

if (isUpdate) {
  const folder = dirname(fileOf('patches', 'any'))
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder)
  for (const name of names) await writeFile(fileOf('patches', name), `${JSON.stringify(replay(await readReview(name)), undefined, 2)}\n`)
}

void t.test('every workload of the set has its reviews and patches, and there are no others', async t => {
  for (const kind of ['reviews', 'patches'] as const) {
    const files = await readdir(dirname(fileOf(kind, 'any')))
    t.strictSame(files.map(file => basename(file, '.json')).toSorted(), names, kind)
  }
})

for (const name of names) {
  void t.test(`${name}: its review is answered as it was when a person looked it over`, async t => {
    const review = await readReview(name)
    const { patch = [], ...rest } = replay(review)
    const { patch: wanted = [], ...wantedRest } = await readAnswer(name)
    t.strictSame({ ...rest, patch }, { ...wantedRest, patch: wanted })
    t.strictSame(lost(review.request.object, applyPatch(review.request.object, patch)), [], 'nothing of the pod is lost')
  })
}

void t.test('annotations that leave just enough room for ours are kept, one byte more and the pod is left alone', async t => {
  const review = await readReview('deployment')
  const { patch = [], ...rest } = await readAnswer('deployment')
  const annotations = patch.find(({ path }) => path === '/metadata/annotations')?.value
  const room = annotationRoom(annotations)
  const own = Object.entries(isMap(annotations) ? annotations : {})
    .map(([key, value]) => ({ op: 'add', path: `/metadata/annotations/${key.replace('/', '~1')}`, value }))
  t.strictSame(replay(annotated(review, room)), {
    ...rest, patch: patch.flatMap(operation => operation.path === '/metadata/annotations' ? own : [operation]),
  })
  t.strictSame(replay(annotated(review, room + 1)), {
    reason: 'annotations-too-large', warnings: ['versprei: not placed: the pod\'s annotations leave no room for ours'],
  })
})
