import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { runCommand } from '../run-command.ts'

const count = (base64: string): number => (Buffer.from(base64, 'base64').toString().match(/BEGIN CERTIFICATE/gu) ?? []).length

/** What the command says of a folder, and how many authorities the caBundle that it prints holds. */
const rotate = async (folder: string, ...flags: readonly string[]) => {
  const { code, out, err } = await runCommand(['certs', 'rotate', '--certificates', folder, ...flags])
  return { code, authorities: count(out), said: err.replaceAll(folder, 'FOLDER').split('; ')[0] }
}

void t.test('a folder goes through it step by step, each as the user confirms it; what is asked for twice is done once', async t => {
  const folder = join(t.testdir({}), 'certs')
  await runCommand(['certs', '--certificates', folder])
  const before = await readFile(join(folder, 'ca.crt'), 'utf8')
  const steps = [
    { flags: [], want: { code: 0, authorities: 2, said: 'FOLDER: a new authority stands beside the present one in ca.crt' } },
    { flags: [], want: { code: 0, authorities: 2, said: 'FOLDER: nothing was changed' } },
    { flags: ['--confirm', 'trusted'], want: { code: 0, authorities: 2, said: 'FOLDER: tls.crt and tls.key are new, by the new authority' } },
    { flags: ['--confirm', 'trusted'], want: { code: 0, authorities: 2, said: 'FOLDER: nothing was changed' } },
    { flags: ['--confirm', 'served'], want: { code: 0, authorities: 1, said: 'FOLDER: the old authority is gone from ca.crt' } },
  ]
  for (const { flags, want } of steps) t.same(await rotate(folder, ...flags), want)
  t.notSame(await readFile(join(folder, 'ca.crt'), 'utf8'), before)
  t.equal((await runCommand(['certs', '--certificates', folder])).code, 0, 'and what is left is good')
})

void t.test('says what cannot be done', async t => {
  const folder = join(t.testdir({}), 'certs')
  const missing = await rotate(folder)
  t.match(missing, { code: 1, authorities: 0, said: /FOLDER: holds no whole tls\.crt, tls\.key and ca\.crt/u })
  await runCommand(['certs', '--certificates', folder])
  t.match(await rotate(folder, '--confirm', 'served'), { code: 1, said: /no change under way that --confirm served could be said of/u })
  await rotate(folder)
  t.match(await rotate(folder, '--confirm', 'served'), { code: 1, said: /that both are trusted comes first/u })
  await rm(join(folder, 'ca.key'))
  t.match(await rotate(folder), { code: 1, said: /there is no ca\.key: someone else makes these certificates/u })
})

void t.test('flags that do not go together are wrong usage', async t => {
  const cases = [
    { flags: [], says: /give either --certificate-secret NAME, for replicas in a cluster, or --certificates DIR/u },
    { flags: ['--certificates', 'x', '--certificate-secret', 'y'], says: /give either/u },
    { flags: ['--certificate-secret', 'y', '--confirm', 'trusted'], says: /--confirm is for a folder/u },
    { flags: ['--certificates', 'x', '--confirm', 'all'], says: /Allowed choices are trusted, served/u },
    { flags: ['--certificate-secret', 'y', '--timeout', '0'], says: /from 1 to 3600/u },
    { flags: ['--certificate-secret', 'y', '--kubeconfig', join(t.testdir({}), 'none')], says: /versprei certs rotate: .*none/u },
  ]
  for (const { flags, says } of cases) {
    const { code, err } = await runCommand(['certs', 'rotate', ...flags])
    t.equal(code, 2, flags.join(' '))
    t.match(err, says)
  }
})
