import t from 'tap'
import { createLabelMatch } from '../../src/survey/label-selector.ts'

void t.test('a LabelSelector selects as the API server says', t => {
  const labels = { app: 'web', tier: 'front' }
  const expression = (operator: string, key: string, values?: readonly string[]) => ({ matchExpressions: [{ key, operator, ...(values && { values }) }] })
  const cases = [
    { name: 'absent', input: undefined, want: false },
    { name: 'null', input: null, want: false },
    { name: 'empty', input: {}, want: true },
    { name: 'a label', input: { matchLabels: { app: 'web' } }, want: true },
    { name: 'another value', input: { matchLabels: { app: 'db' } }, want: false },
    { name: 'one of two that is not there', input: { matchLabels: { app: 'web', x: 'y' } }, want: false },
    { name: 'In', input: expression('In', 'app', ['db', 'web']), want: true },
    { name: 'NotIn', input: expression('NotIn', 'app', ['web']), want: false },
    { name: 'NotIn of a key that is not there', input: expression('NotIn', 'x', ['web']), want: true },
    { name: 'Exists', input: expression('Exists', 'tier'), want: true },
    { name: 'DoesNotExist', input: expression('DoesNotExist', 'tier'), want: false },
    { name: 'an operator that nobody knows', input: expression('Near', 'tier'), want: false },
    { name: 'labels and expressions', input: { matchLabels: { app: 'web' }, ...expression('Exists', 'x') }, want: false },
    { name: 'a key that every object has', input: expression('Exists', 'constructor'), want: false },
  ]
  for (const { name, input, want } of cases) t.equal(createLabelMatch(input)(labels), want, name)
  t.end()
})
