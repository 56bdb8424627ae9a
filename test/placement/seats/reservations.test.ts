import t from 'tap'
import { expiredReservations, type Reservation } from '../../../src/placement/seats/reservations.ts'

const given = (...times: readonly number[]): Reservation[] =>
  times.map((time, seat) => ({ admission: `${time}#${seat}`, distributor: 'web', group: 'a', seat, given: time }))
const many = (count: number, time: number): Reservation[] => given(...Array.from({ length: count }, () => time))

void t.test('a reservation lives until the watch is 60 s past it, and old ones are capped', async t => {
  const cases: readonly {
    name: string, reservations: readonly Reservation[], pods: number, progress: number, capped: boolean, want: number,
  }[] = [
    { name: 'just given', reservations: given(1000), pods: 0, progress: 1000, capped: true, want: 0 },
    { name: 'given after the watch\'s last word', reservations: given(900_000), pods: 0, progress: 1000, capped: true, want: 0 },
    { name: '60 s', reservations: given(0), pods: 0, progress: 60_000, capped: true, want: 0 },
    { name: 'more than 60 s', reservations: given(0, 1), pods: 0, progress: 60_001, capped: true, want: 1 },
    { name: 'a burst that is 5 s old', reservations: many(1000, 0), pods: 0, progress: 5000, capped: true, want: 0 },
    { name: '10 older than 5 s', reservations: many(10, 0), pods: 0, progress: 5001, capped: true, want: 0 },
    { name: 'more than 10 of a small revision', reservations: many(13, 0), pods: 40, progress: 5001, capped: true, want: 3 },
    { name: 'more than 10 % of a large one', reservations: many(60, 0), pods: 500, progress: 5001, capped: true, want: 10 },
    {
      name: 'those on their way are part of the revision', reservations: [...many(60, 0), ...many(400, 5000)], pods: 100, progress: 5001,
      capped: true, want: 10,
    },
    {
      name: 'tries that all fail do not make room for each other', reservations: many(1000, 0), pods: 20, progress: 5001, capped: true,
      want: 990,
    },
    { name: 'uncapped', reservations: many(1000, 0), pods: 0, progress: 60_000, capped: false, want: 0 },
    { name: 'uncapped, more than 60 s', reservations: many(1000, 0), pods: 0, progress: 60_001, capped: false, want: 1000 },
  ]
  for (const { name, reservations, pods, progress, capped, want } of cases) {
    t.equal(expiredReservations(reservations, pods, progress, capped).length, want, name)
  }
})

void t.test('the oldest go first', async t => {
  const reservations = given(500, 300, 100, 200, 400, 600, 700, 800, 900, 1000, 1100, 1200)
  t.strictSame(expiredReservations(reservations, 0, 10_000, true).map(({ given: time }) => time), [100, 200])
})
