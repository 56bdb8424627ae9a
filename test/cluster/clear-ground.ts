import { join } from 'node:path'
import type { Test } from 'tap'
import { kubectl } from './cluster.ts'

const config = join(import.meta.dirname, '../../config')
const crd = 'poddistributors.versprei.versprei.io'

/** Takes away what all tests stand on and the chart installs by itself; it is back after the test. */
export async function clearGround(t: Pick<Test, 'teardown'>): Promise<void> {
  t.teardown(async () => {
    await kubectl('apply', '--filename', join(config, 'crd'), '--filename', join(config, 'webhook'))
    await kubectl('wait', '--for=condition=Established', `crd/${crd}`, '--timeout=60s')
  })
  await kubectl('delete', 'crd', crd)
  await kubectl('delete', 'mutatingwebhookconfiguration', 'versprei')
}
