import fc from 'fast-check'
import t from 'tap'
import { areContradictory, matchesLabels, type Requirement } from '../../../src/placement/nodes/requirements.ts'

const on = (operator: string, ...values: readonly string[]): Requirement => ({ key: 'k', operator, values })
const labelled = (k?: string) => (k === undefined ? {} : { k })

void t.test('labels meet an expression as the scheduler would say', async t => {
  const cases: readonly { expression: Requirement, yes: readonly (string | undefined)[], no: readonly (string | undefined)[] }[] = [
    { expression: on('In', 'a', 'b'), yes: ['a', 'b'], no: ['c', '', undefined] },
    { expression: on('NotIn', 'a'), yes: ['b', '', undefined], no: ['a'] },
    { expression: { key: 'k', operator: 'Exists' }, yes: ['a', ''], no: [undefined] },
    { expression: on('DoesNotExist'), yes: [undefined], no: ['a', ''] },
    { expression: on('Gt', '5'), yes: ['6', '+6', '9223372036854775807'], no: ['5', '4', '-6', 'x', '', '6.5', undefined] },
    { expression: on('Lt', '5'), yes: ['4', '-6', '00'], no: ['5', '6', 'x', '1e0', undefined] },
    { expression: on('Gt', '9007199254740992'), yes: ['9007199254740993'], no: ['9007199254740992'] },
    { expression: on('Gt', 'x'), yes: [], no: ['6', 'x', undefined] },
    { expression: on('Gt'), yes: [], no: ['6'] },
    { expression: on('Near', 'a'), yes: [], no: ['a', undefined] },
  ]
  for (const { expression, yes, no } of cases) {
    for (const value of yes) t.ok(matchesLabels([expression], labelled(value)), `${JSON.stringify(expression)} is met by ${value}`)
    for (const value of no) t.notOk(matchesLabels([expression], labelled(value)), `${JSON.stringify(expression)} is not met by ${value}`)
  }
  t.ok(matchesLabels([], {}), 'nothing asked is met')
  t.notOk(matchesLabels([{ key: 'constructor', operator: 'Exists' }], {}), 'what every object has is no label')
})

void t.test('a contradiction is told from the expressions alone', async t => {
  const cases: readonly { name: string, expressions: readonly Requirement[], want: boolean }[] = [
    { name: 'nothing', expressions: [], want: false },
    { name: 'two values', expressions: [on('In', 'a'), on('In', 'b')], want: true },
    { name: 'a value in common', expressions: [on('In', 'a', 'b'), on('In', 'b', 'c')], want: false },
    { name: 'in and not in', expressions: [on('In', 'a'), on('NotIn', 'a', 'b')], want: true },
    { name: 'one is left', expressions: [on('In', 'a', 'c'), on('NotIn', 'a', 'b')], want: false },
    { name: 'there and not there', expressions: [on('Exists'), on('DoesNotExist')], want: true },
    { name: 'a value and not there', expressions: [on('In', 'a'), on('DoesNotExist')], want: true },
    { name: 'a number and not there', expressions: [on('Gt', '1'), on('DoesNotExist')], want: true },
    { name: 'not in, not there', expressions: [on('NotIn', 'a'), on('DoesNotExist')], want: false },
    { name: 'different keys', expressions: [on('In', 'a'), { key: 'l', operator: 'In', values: ['b'] }], want: false },
    { name: 'above and below', expressions: [on('Gt', '5'), on('Lt', '6')], want: true },
    { name: 'one between', expressions: [on('Gt', '5'), on('Lt', '7')], want: false },
    { name: 'one between, beyond a double', expressions: [on('Gt', '900719925474099301'), on('Lt', '900719925474099303')], want: false },
    { name: 'a value that is high enough', expressions: [on('Gt', '5'), on('In', '3', '6')], want: false },
    { name: 'no value that is', expressions: [on('Gt', '5'), on('In', '3', '5', 'x')], want: true },
    { name: 'a bound that is none', expressions: [on('Gt', 'x')], want: true },
    { name: 'In without values', expressions: [on('In')], want: true },
  ]
  for (const { name, expressions, want } of cases) t.equal(areContradictory(expressions), want, name)
})

void t.test('what some node meets is no contradiction', async t => {
  const key = fc.constantFrom('k', 'l')
  const value = fc.constantFrom('0', '1', '2', '3', 'x')
  const expression = fc.record(
    {
      key, operator: fc.constantFrom('In', 'NotIn', 'Exists', 'DoesNotExist', 'Gt', 'Lt'),
      values: fc.array(value, { minLength: 1, maxLength: 3 }),
    }
  )
  fc.assert(fc.property(fc.array(expression, { maxLength: 5 }), fc.dictionary(key, value), (expressions, labels) =>
    !matchesLabels(expressions, labels) || !areContradictory(expressions)), { numRuns: 5000 })
  t.pass('5,000 nodes')
})
