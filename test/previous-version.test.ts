import t, { type Test } from 'tap'
import { openPreviousVersion } from './cluster/previous-version.ts'

/** Sets variables for one test; undefined takes one away. */
function setVariables(test: Pick<Test, 'teardown'>, variables: Readonly<Record<string, string | undefined>>): void {
  const before = { ...process.env }
  test.teardown(() => { process.env = before })
  process.env = { ...before, ...variables }
  for (const [name, value] of Object.entries(variables)) if (value === undefined) delete process.env[name]
}

void t.test('without a history there is no version to upgrade from, and that is no test unless one says so', async t => {
  setVariables(t, { GIT_DIR: t.testdir({}), VERSPREI_PREVIOUS: undefined })
  await t.rejects(openPreviousVersion(t), /no history .*VERSPREI_PREVIOUS=none$/u)
  process.env['VERSPREI_PREVIOUS'] = 'none'
  t.match(await openPreviousVersion(t), { name: /^this version itself/u, flags: undefined })
})
