import t from 'tap'
import { parseDocument } from 'yaml'
import { kind } from '../../src/placement/keys.ts'
import { listDistributor, mistakesOf } from '../../src/placement/distributor/listed.ts'
import { startsAnywhere } from '../../src/placement/distributor/plan.ts'
import { deviationBound, ideal } from '../../src/placement/seats/ideal.ts'
import { blocksOf, readPage } from './pages.ts'

interface Shown {
  readonly where: string
  readonly errors: readonly string[]
  readonly object: Readonly<Record<'apiVersion' | 'kind' | 'name', unknown>> & { readonly metadata?: { readonly name?: unknown } }
  /** The sizes in the comment above it, and the pods of each group. */
  readonly promises: readonly { readonly pods: number, readonly counts: readonly number[] }[]
}

/** `# of 10: 8/2, of 37: 30/7` */
function promisesIn(comment: string): Shown['promises'] {
  return [...comment.matchAll(/\bof (?<pods>\d+): (?<counts>\d+(?:\/\d+)*)/gu)]
    .map(({ groups = {} }) => ({ pods: Number(groups['pods']), counts: (groups['counts'] ?? '').split('/').map(Number) }))
}

async function shownOn(path: string): Promise<readonly Shown[]> {
  const texts = blocksOf(await readPage(path), 'yaml').flatMap(block => block.split(/^---$/mu))
  return texts.map((text): Shown => {
    const document = parseDocument(text)
    const object = document.toJS() ?? {}
    const comments = text.match(/^#.*$/gmu) ?? []
    return {
      where: `${path}: ${object.kind} ${object.metadata?.name}`, object, promises: comments.flatMap(promisesIn),
      errors: [...document.errors, ...document.warnings].map(({ message }) => message),
    }
  })
}

const pages = ['docs/recipes.md', 'docs/getting-started.md']
const all = (await Promise.all(pages.map(shownOn))).flat()
const distributors = all.filter(({ object }) => object.kind === kind)

void t.test('every manifest is YAML without a mistake, and says what it is', t => {
  t.same(all.flatMap(({ where, errors }) => errors.map(error => `${where}: ${error}`)), [])
  const isNamed = ({ object: { apiVersion, kind, name, metadata } }: Shown) =>
    typeof apiVersion === 'string' && typeof kind === 'string' && typeof (metadata?.name ?? name) === 'string'
  t.same(all.filter(shown => !isNamed(shown)), [])
  t.ok(distributors.length >= 15, `${distributors.length} PodDistributors`)
  t.ok(all.length > distributors.length, `${all.length - distributors.length} others`)
  t.end()
})

void t.test('every PodDistributor is one that Versprei takes', t => {
  t.same(distributors.flatMap(({ where, object }) => mistakesOf(listDistributor(object)).map(mistake => `${where}: ${mistake}`)), [])
  t.end()
})

void t.test('every split that is promised is what the plan gives, and within the proven bound', t => {
  for (const { where, object, promises } of distributors) {
    const { outcome } = listDistributor(object)
    if (!('plan' in outcome)) continue
    const { distributor, sequenceFor } = outcome.plan
    const sequence = sequenceFor('')
    t.equal(promises.length === 0, startsAnywhere(distributor), `${where}: sizes are told unless each workload starts elsewhere`)
    for (const { pods, counts } of promises) {
      t.same(sequence.prefix(pods), counts, `${where} of ${pods}`)
      const wanted = ideal(distributor.groups, pods)
      const deviation = Math.max(...counts.map((count, group) => Math.abs(count - (wanted[group] ?? 0))))
      t.ok(deviation <= deviationBound(distributor.groups) + 1e-9, `${where} of ${pods}: ${deviation} off`)
    }
  }
  t.end()
})
