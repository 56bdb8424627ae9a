import t from 'tap'
import type { Shared } from '../../src/controllers/certificate-secret.ts'
import { shareCertificates } from '../../src/controllers/share-certificates.ts'

void t.test('every ten seconds each Secret is looked at; what was done is told, a trouble once while it lasts', async t => {
  const script: (Shared | Error)[] = ['same', 'taken', new Error('no'), new Error('no'), new Error('worse'), 'given', new Error('no')]
  const told: string[] = []
  const log = { info: (_: object, text: string) => void told.push(text), error: (_: object, text: string) => void told.push(text) }
  const timer: { task: () => void, milliseconds: number, isCancelled: boolean } = { task: () => {}, milliseconds: 0, isCancelled: false }
  let looks = 0
  const sharing = shareCertificates({
    secrets: {
      certificates: {
        async sync() {
          looks += 1
          const next = script.shift() ?? 'same'
          if (next instanceof Error) throw next
          return next
        },
      },
    },
    log: log as never,
    repeat: (task, milliseconds) => {
      Object.assign(timer, { task, milliseconds })
      return () => { timer.isCancelled = true }
    },
  })
  for (let index = 0; index < 7; index += 1) {
    timer.task()
    // Those that come while a look is under way are none.
    timer.task()
    await new Promise(resolve => { setImmediate(resolve) })
  }
  t.equal(looks, 7)
  t.equal(timer.milliseconds, 10_000)
  t.strictSame(told, [
    'took the certificates of the Secret', 'certificates are not shared: no; trying again', 'certificates are not shared: worse; trying again',
    'wrote the certificates into the Secret', 'certificates are not shared: no; trying again',
  ])
  sharing.stop()
  t.ok(timer.isCancelled)
})
