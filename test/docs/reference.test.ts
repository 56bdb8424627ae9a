import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { distributorSeries } from '../../src/admission/distributor-metrics.ts'
import { forwardResults } from '../../src/admission/forward.ts'
import { httpErrors } from '../../src/admission/http-errors.ts'
import { createMetrics } from '../../src/admission/metrics.ts'
import { checkNames } from '../../src/cli/check/line.ts'
import { endings, parseOutput } from '../../src/cli/detect/output.ts'
import { asTable } from '../../src/cli/detect/print/as-table.ts'
import { detectOutputs } from '../../src/cli/output-formats.ts'
import { environmentVariable, serveFlags } from '../../src/cli/serve-flags.ts'
import * as keys from '../../src/placement/keys.ts'
import { skipReasons } from '../../src/placement/scope.ts'
import { troubles } from '../../src/survey/explain/pod-verdict.ts'
import { strayCauses } from '../../src/survey/explain/stray-cause.ts'
import { eventReasons } from '../../src/placement/status/news.ts'
import { conditionReasons } from '../../src/placement/status/reasons.ts'
import { reasonWords } from '../../src/survey/explain/reason-words.ts'
import { troubles as states } from '../../src/survey/distributors/report.ts'
import { waits } from '../../src/survey/lose/why-not.ts'
import { finding, picture } from '../cli/detect/pictures.ts'
import { runCommand } from '../cli/run-command.ts'

const reference = await readFile(join(import.meta.dirname, '../../docs/reference.md'), 'utf8')

/** The cells of the one table of a section, without their backticks. */
const table = (section: string): string[][] => {
  const text = reference.split(new RegExp(`\n##+ ${section}\n`, 'u'))[1]?.split(/\n##+ /u)[0] ?? ''
  return text.split('\n').filter(line => line.startsWith('| ') && !line.startsWith('|---')).slice(1)
    .map(line => line.split('|').slice(1, -1).map(cell => cell.trim().replaceAll('`', '')))
}

void t.test('the flags, their variables, defaults and meanings are those of the code', async t => {
  t.same(table('Flags'), serveFlags.map(({ name, default: byDefault, help }) => [`--${name}`, environmentVariable(name), byDefault ?? '',
    help]))
})

void t.test('the commands and what they do are those of the code', async t => {
  const { out } = await runCommand(['__complete', ''])
  const commands = out.split('\n').filter(line => line.includes('\t')).map(line => line.split('\t'))
  t.same(table('Commands'), commands.filter(([name]) => name !== 'help'))
})

void t.test('the metrics, their labels and help are those of the code', async t => {
  const { registry } = createMetrics({
    version: '1.2.3',
    distributors: () => ({ valid: 0, invalid: 0 }), pods: () => 0, nodes: () => 0, reservations: () => 0,
    staleness: () => ({ pods: 0 }), certificateEnd: () => 0, isLeading: () => false, followers: () => 0,
  })
  const ours = (await registry.getMetricsAsJSON()).filter(({ name }) => !/^(?:process|nodejs)_/.test(name))
  const labels = (values: readonly { readonly labels: object }[]) => Object.keys(values[0]?.labels ?? {}).filter(label => label !== 'le').join(', ')
  t.same(table('Metrics'), ours.map(({ name, help, values }) => [name, labels(values), help]))
})

void t.test('every reason is explained, in the order of the code', async t => {
  const rows = table('Why a pod is left alone')
  t.same(rows.map(([reason]) => reason), skipReasons)
  t.same(rows, skipReasons.map(reason => [reason, reasonWords[reason].means, reasonWords[reason].advice]))
})

void t.test('the HTTP answers are those of the code', async t => {
  t.same(table('HTTP answers'), Object.entries(httpErrors).map(([code, { status, means }]) => [code, String(status), means]))
})

void t.test('every label and annotation is there', async t => {
  const kinds = Object.entries(keys).flatMap(([name, key]) =>
    name.endsWith('Label') ? [`${key} label`] : name.endsWith('Annotation') ? [`${key} annotation`] : [])
  t.same(table('Labels and annotations').map(([key, kind]) => `${key} ${kind}`).toSorted(), kinds.toSorted())
})

void t.test('what may become of a forwarded review is explained', async t => {
  t.same(table('Replicas').map(([result]) => result), forwardResults)
})

void t.test('the series of each distributor are named', async t => {
  t.same(distributorSeries.filter(name => !reference.includes(`\`${name}\``)), [])
})

void t.test('every reason of a condition and of an event is explained', async t => {
  const reasons = Object.entries(conditionReasons).flatMap(([type, all]) => all.map(reason => `${type} ${reason}`))
  t.same(table('Conditions').map(([type, , reason]) => `${type} ${reason}`).toSorted(), reasons.toSorted())
  t.same(table('Events').map(([reason]) => reason), eventReasons)
})

void t.test('every line of versprei check is explained, in its order', async t => {
  const rows = table('Checks')
  t.same(rows.map(([check]) => check), checkNames)
  for (const [check, what] of rows) t.ok((what ?? '').length > 20, check ?? '')
})

void t.test('the flags of versprei check are those of the code', async t => {
  const { out } = await runCommand(['check', '--help'])
  const flags = [...out.matchAll(/^ +(?:-\w, )?(?<flag>--[-a-z]+) </gmu)].map(({ groups = {} }) => groups['flag'])
  t.same(table('Check').flatMap(([names]) => (names ?? '').split(', ').filter(name => name.startsWith('--'))), flags)
  t.equal(flags.length, 5)
})

void t.test('the flags of versprei explain are those of the code', async t => {
  const { out } = await runCommand(['explain', '--help'])
  const flags = [...out.matchAll(/^ +(?:-\w, )?(?<flag>--[-a-z]+) </gmu)].map(({ groups = {} }) => groups['flag'])
  t.same(table('Explain').flatMap(([names]) => (names ?? '').split(', ').filter(name => name.startsWith('--'))), flags)
  t.equal(flags.length, 5)
})

void t.test('every cause of a stray and every trouble of a placed pod is explained', async t => {
  t.same(table('What explain says').map(([word]) => word), [...strayCauses, ...troubles])
})

void t.test('the flags of versprei status are those of the code, and so are the states', async t => {
  const { out } = await runCommand(['status', '--help'])
  const flags = [...out.matchAll(/^ +(?:-\w, )?(?<flag>--[-a-z]+) /gmu)].map(({ groups = {} }) => groups['flag']).filter(flag => flag !== '--help')
  t.same(table('Status').flatMap(([names]) => (names ?? '').split(', ').filter(name => name.startsWith('--'))), flags)
  t.same(table('States').map(([state]) => state), states)
})

void t.test('every reason why a replacement waits is named', async t => {
  t.same([...waits, 'uncertain', 'unknown'].filter(reason => !reference.includes(`\`${reason}\``)), [])
})

void t.test('the flags of versprei detect are those of the code', async t => {
  const { out } = await runCommand(['detect', '--help'])
  const flags = [...out.matchAll(/^ +(?:-\w, )?(?<flag>--[-a-z]+)/gmu)].map(({ groups = {} }) => groups['flag']).filter(flag => flag !== '--help')
  t.same(table('Detect').flatMap(([names]) => (names ?? '').split(', ').filter(name => name.startsWith('--'))), flags)
  t.equal(flags.length, 15)
})

void t.test('the formats of versprei detect and the endings of their files are those of the code', async t => {
  const rows = table('Formats')
  t.same(rows.map(([format]) => format), detectOutputs)
  const named = rows.flatMap(([format, ending]) => (ending ?? '').split(', ').filter(one => one !== '').map(one => ({ format, file: `x${one}` })))
  t.same(named.map(({ file }) => parseOutput(file)), named)
  t.same(named.map(({ file }) => file.slice(1)).toSorted(), endings.toSorted())
})

void t.test('the columns of its table are those of the code, and the one that is shown is as it would be printed', async t => {
  const shown = /```console\n\$ versprei detect\n(?<text>[^`]*)```/u.exec(reference)?.groups?.['text'] ?? ''
  const names = (shown.split('\n')[0] ?? '').split(/ {3,}/u)
  t.same(table('Columns').map(([name]) => name), names.filter(name => !['NAMESPACE', 'WORKLOAD', 'NODES'].includes(name)))
  const findings = [
    finding({
      name: 'web', on: { 'node-a': ['1', '2', '3'] }, wanted: 4, apart: { pending: ['4'], leaving: [], finished: [], nodeGone: [] },
      nodes: { domains: 1, untilNone: 0, untilTooFew: { least: 2, by: 'PodDisruptionBudget web', losses: 0 } },
    }),
    finding({ name: 'api', on: { 'node-a': ['1', '2'], 'node-b': ['3', '4'], 'node-c': ['5'] } }), finding({ namespace: 'blog', name: 'preview', on: { n: ['1'] } }),
    ...Array.from({ length: 38 }, () => finding({ on: { a: ['1'], b: ['2'] } })),
  ]
  t.equal(shown, asTable(picture(findings), { isWide: false, columns: undefined, paint: text => text }))
})
