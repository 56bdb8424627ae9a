import t from 'tap'
import { render } from '../../../src/cli/detect/render.ts'
import type { DetectFormat } from '../../../src/cli/detect/output.ts'
import type { Recommendation } from '../../../src/survey/recommend/recommendation.ts'
import { runCommand } from '../run-command.ts'
import { finding, picture } from './pictures.ts'

const body = { spec: { template: { spec: { topologySpreadConstraints: [{ maxSkew: 1 }] } } } }
const patch: Recommendation = {
  summary: 'give its template a topologySpreadConstraint: DoNotSchedule over kubernetes.io/hostname', notes: ['of 3 nodes 3 have room'],
  change: { kind: 'patch', type: 'strategic', body }, commands: ['kubectl -n shop patch deployment/web -p \'{}\''],
  promise: {
    nodes: { domains: 3, untilNone: 2, untilTooFew: { least: 2, by: '--min-available', losses: 1 } }, topology: { key: 'example.com/rack', domains: 2, untilNone: 1 },
  },
  trial: { result: 'refused', said: 'no\u001B[2J' },
}
const none: Recommendation = { summary: 'one replica', notes: [], commands: [] }

const print = (format: DetectFormat, ...recommendations: readonly Recommendation[]): string => render(
  picture(recommendations.map((recommendation, index) => finding({ name: `web-${index}`, on: { a: ['x', 'y'] }, recommendation }))),
  { format }, { isWide: false, mayColour: false, environment: {}, screen: undefined },
)

void t.test('below the table: what to do, what it survives then, and what came of the dry run', async t => {
  t.equal(print('table', patch, none).split('\n').slice(6).join('\n'), [
    'shop/deployment.apps/web-0: give its template a topologySpreadConstraint: DoNotSchedule over kubernetes.io/hostname',
    '  then it survives the loss of 2 nodes, 1 rack, and keeps the 2 that --min-available needs after that of 1 node',
    '  of 3 nodes 3 have room',
    '  tried, and refused: no\\x1b[2J',
    '    kubectl -n shop patch deployment/web -p \'{}\'',
    '',
    'shop/deployment.apps/web-1: one replica',
    '',
  ].join('\n'))
})

void t.test('in Markdown the change stands in a block that can be copied, and the commands in another', async t => {
  const text = print('markdown', patch)
  t.match(text, '```yaml\nspec:\n  template:\n    spec:\n      topologySpreadConstraints:\n        - maxSkew: 1\n```\n')
  t.match(text, '```sh\nkubectl -n shop patch deployment/web -p \'{}\'\n```\n')
  t.match(text, '### shop/deployment.apps/web-0\n')
})

void t.test('programs get it as it is, at its finding', async t => {
  t.strictSame(JSON.parse(print('json', patch)).findings[0].recommendation, patch)
})

void t.test('in HTML it stands below the picture, escaped', async t => {
  const hostile: Recommendation = { ...patch, commands: ['kubectl patch <script>'], notes: ['a<b'] }
  const text = print('html', hostile, none)
  t.match(text, '<h3>shop/deployment.apps/web-0</h3>\n<p>give its template a topologySpreadConstraint: DoNotSchedule over kubernetes.io/hostname</p>\n')
  t.match(text, '<li>then it survives the loss of 2 nodes, 1 rack, and keeps the 2 that --min-available needs after that of 1 node</li><li>a&lt;b</li>')
  t.match(text, '<li>tried, and refused: no\\x1b[2J</li>')
  t.match(text, '<pre>kubectl patch &lt;script&gt;</pre>')
  t.match(text, '<p>one replica</p>')
  t.notMatch(print('html'), '<h3>', 'nothing is there without a recommendation')
})

void t.test('a format that has no place for it is refused before a cluster is asked', async t => {
  for (const output of ['csv', 'name', 'a.csv']) {
    for (const flag of ['--recommend', '--verify']) {
      t.strictSame(await runCommand(['detect', flag, '-o', output]), {
        code: 2, out: '',
        err: `versprei detect: -o ${output} has no place for what --recommend and --verify say; use table, markdown, html, json or yaml\n`,
      })
    }
  }
})
