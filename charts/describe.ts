// Carries what is said once over to where it is read, in charts/versprei: node charts/describe.ts [--check]
//
// values.yaml says of each value what it is: README.md and values.schema.json get that from there. config/crd is the definition of
// PodDistributors: the chart has a copy of it, since Helm reads nothing outside a chart.
// Exit code 0: all is up to date (now); 1, with --check: it is not, and nothing was written.
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describeSchema } from './describe-schema.ts'
import { describeTable } from './describe-table.ts'
import { readValues } from './read-values.ts'

const root = join(import.meta.dirname, '..')
const chart = join(root, 'charts/versprei')
const marks = ['<!-- values: written by charts/describe.ts -->\n', '<!-- end of values -->\n'] as const

/** What the files should hold, by their paths. Throws an Error that names a value without a description, or unknown to the schema. */
export async function describeChart(): Promise<ReadonlyMap<string, string>> {
  const read = (name: string) => readFile(join(chart, name), 'utf8')
  const [values, schema, readme] = await Promise.all([read('values.yaml'), read('values.schema.json'), read('README.md')])
  const described = readValues(values)
  const [before, rest = ''] = readme.split(marks[0])
  const after = rest.split(marks[1])[1]
  if (before === undefined || after === undefined) {
    throw new Error(`README.md lacks the lines ${marks.join('and ')}between which the values go`)
  }
  return new Map([
    [join(chart, 'values.schema.json'), `${JSON.stringify(describeSchema(JSON.parse(schema), described), null, 2)}\n`],
    [join(chart, 'README.md'), [before, marks[0], describeTable(described), marks[1], after].join('')],
    [join(chart, 'files/poddistributors.yaml'), await readFile(join(root, 'config/crd/poddistributors.yaml'), 'utf8')],
  ])
}

/** The files that do not hold what they should. */
export async function findStale(): Promise<readonly string[]> {
  const wanted = await describeChart()
  const held = await Promise.all([...wanted.keys()].map(path => readFile(path, 'utf8')))
  return [...wanted].filter(([, text], index) => held[index] !== text).map(([path]) => path)
}

async function main(isCheck: boolean): Promise<number> {
  const stale = await findStale()
  const wanted = await describeChart()
  for (const path of stale) {
    process.stdout.write(`${path} ${isCheck ? 'is not up to date: node charts/describe.ts' : 'written'}\n`)
    if (!isCheck) await writeFile(path, wanted.get(path) ?? '')
  }
  return isCheck && stale.length > 0 ? 1 : 0
}

if (import.meta.main) process.exitCode = await main(process.argv.includes('--check'))
