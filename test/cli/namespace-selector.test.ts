import t from 'tap'
import { parseConfiguration } from '../../src/cli/configuration.ts'
import { parseNamespaceSelector } from '../../src/cli/namespace-selector.ts'

const good: readonly { readonly text: string, readonly want: readonly object[] }[] = [
  { text: '{}', want: [] },
  { text: '{"matchLabels":null,"matchExpressions":[]}', want: [] },
  {
    text: '{"matchLabels":{"b":"","a":"x"}}',
    want: [{ key: 'a', operator: 'In', values: ['x'] }, { key: 'b', operator: 'In', values: [''] }],
  },
  {
    text: '{"matchLabels":{"a":"x"},'
      + '"matchExpressions":[{"key":"example.com/b","operator":"NotIn","values":["y","z"]},{"key":"c","operator":"Exists"}]}',
    want: [
      { key: 'a', operator: 'In', values: ['x'] }, { key: 'example.com/b', operator: 'NotIn', values: ['y', 'z'] },
      { key: 'c', operator: 'Exists' },
    ],
  },
]
for (const { text, want } of good) {
  void t.test(`${text} is read`, async t => t.strictSame(parseNamespaceSelector(text), { requirements: want }))
}

const wanted = 'wanted is a label selector in JSON, such as {"matchLabels":{"team":"web"}}'
const bad: readonly { readonly text: string, readonly want: readonly string[] }[] = [
  { text: 'team=web', want: ['"team=web" is not a label selector in JSON, such as {"matchLabels":{"team":"web"}}'] },
  { text: 'null', want: [`it must be a map, not null; ${wanted}`] },
  { text: '["team"]', want: [`it must be a map, not a list; ${wanted}`] },
  { text: '{"team":"web"}', want: [`team is not a field here; there are matchLabels, matchExpressions; ${wanted}`] },
  { text: '{"matchLabels":{"team":true}}', want: ['matchLabels.team must be a text'] },
  { text: '{"matchLabels":{"team":null}}', want: [`matchLabels.team has no value; for an empty one write ""; ${wanted}`] },
  { text: '{"matchExpressions":[{"key":"team","operator":"Gt","values":["1"]}]}', want: ['matchExpressions[0].operator must be one of'] },
  {
    text: '{"matchExpressions":[{"key":"team","operator":"In"},{"key":"-","operator":"Exists"}]}',
    want: ['matchExpressions[0].values In needs at least one value', 'matchExpressions[1].key "-" is not a label key'],
  },
]
for (const { text, want } of bad) {
  void t.test(`${text} is refused, and why is told`, async t => {
    const parsed = parseNamespaceSelector(text)
    const mistakes = 'mistakes' in parsed ? parsed.mistakes : []
    t.equal(mistakes.length, want.length)
    for (const [index, start] of want.entries()) t.equal(mistakes[index]?.slice(0, start.length), start)
  })
}

void t.test('its mistakes stand beside those of other flags, by the variable that it was given in', async t => {
  const parsed = parseConfiguration({ port: 'x' }, { VERSPREI_NAMESPACE_SELECTOR: '{"a":1,"b":2}' })
  t.match(parsed, {
    broken: ['port', 'namespace-selector'],
    mistakes: [/^--port: /u, /^VERSPREI_NAMESPACE_SELECTOR: a is/u, /^VERSPREI_NAMESPACE_SELECTOR: b is/u],
  })
})
