import fc from 'fast-check'
import t from 'tap'
import { amountOf, parseQuantity } from '../../src/survey/quantity.ts'

void t.test('quantities in thousandths, as Kubernetes writes them', t => {
  const cases: readonly (readonly [unknown, bigint | undefined])[] = [
    ['0', 0n], ['1', 1000n], ['250m', 250n], ['1500m', 1500n], ['1.5', 1500n], ['.5', 500n], ['1.', 1000n], ['+2', 2000n], ['-2', -2000n], [2, 2000n],
    ['0.1', 100n], ['100u', 1n], ['1n', 1n], ['1000u', 1n], ['1001u', 2n], ['-1n', -1n], ['1.0005', 1001n],
    ['1k', 1_000_000n], ['2M', 2_000_000_000n], ['1G', 1_000_000_000_000n], ['1T', 10n ** 15n], ['1P', 10n ** 18n], ['1E', 10n ** 21n],
    ['1Ki', 1_024_000n], ['1Mi', 1_048_576_000n], ['1.5Gi', 1_610_612_736_000n], ['1Ti', 1000n * 2n ** 40n], ['1Pi', 1000n * 2n ** 50n],
    ['16Ei', 16_000n * 2n ** 60n], ['0.001Ki', 1024n],
    ['1e3', 1_000_000n], ['1E3', 1_000_000n], ['12e-1', 1200n], ['1.5e+2', 150_000n], ['1e-9', 1n], [1e21, 10n ** 24n],
    ['', undefined], ['m', undefined], ['1x', undefined], ['1 Gi', undefined], ['1ki', undefined], ['1e', undefined], ['1e3Ki', undefined],
    ['1mi', undefined], ['--1', undefined], ['.', undefined], ['0x10', undefined], [null, undefined], [{}, undefined], [Number.NaN, undefined],
  ]
  for (const [text, want] of cases) t.equal(parseQuantity(text), want, JSON.stringify(text))
  t.end()
})

void t.test('thousandths of cpu are kept, of all others whole ones, rounded up', t => {
  t.same([amountOf('cpu', 1n), amountOf('memory', 1n), amountOf('memory', 1000n), amountOf('memory', 1001n), amountOf('pods', 0n)], [1, 1, 1, 2, 0])
  t.end()
})

void t.test('one amount written in two ways is one amount', t => {
  fc.assert(fc.property(fc.bigInt({ min: 0n, max: 10n ** 9n }), thousandths => {
    const whole = thousandths / 1000n
    const part = String(thousandths % 1000n).padStart(3, '0')
    for (const text of [`${thousandths}m`, `${whole}.${part}`, `${thousandths}e-3`, `${thousandths}000u`, `0.${String(thousandths).padStart(12, '0')}G`]) {
      if (parseQuantity(text) !== thousandths) return false
    }
    return parseQuantity(`${thousandths}Ki`) === thousandths * 1_024_000n
  }))
  t.end()
})
