import { X509Certificate } from 'node:crypto'
import { cp, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { certs } from '../../../src/cli/certs/certs.ts'

const fixtures = join(import.meta.dirname, '../../certificates/fixtures')
const start = new Date('2026-11-01T12:00:00Z')
const run = async (folder: string, hosts: readonly string[], now = start) => {
  const [out, err]: [string[], string[]] = [[], []]
  const code = await certs({ folder, hosts }, { stdout: text => out.push(text), stderr: text => err.push(text), now: () => now })
  return { code, stdout: out.join(''), stderr: err.join('').replaceAll(folder, 'FOLDER') }
}
const bundle = async (folder: string): Promise<string> => `${(await readFile(join(folder, 'ca.crt'))).toString('base64')}\n`

void t.test('makes certificates, prints the caBundle alone, and keeps them the next time', async t => {
  const folder = join(t.testdir({}), 'new')
  const first = await run(folder, ['localhost', '::1'])
  t.same(first, {
    code: 0,
    stdout: await bundle(folder),
    stderr:
      'FOLDER: made ca.key (it was missing), ca.crt (it was missing), tls.key (it was missing), tls.crt (it was missing); ' +
      'good until 2027-01-30T12:00:00.000Z for localhost, ::1\n'
  })
  t.ok(new X509Certificate(Buffer.from(first.stdout, 'base64')).ca)
  t.same(await run(folder, ['localhost']), {
    ...first,
    stderr: 'FOLDER: kept what was there; good until 2027-01-30T12:00:00.000Z for localhost, ::1\n'
  })
})

void t.test('prints the caBundle of someone else’s folder', async t => {
  const folder = join(fixtures, 'elliptic')
  const { code, stdout } = await run(folder, ['web.example'])
  t.same({ code, stdout }, { code: 0, stdout: await bundle(folder) })
})

void t.test('says every mistake in the hosts, and makes nothing', async t => {
  const folder = join(t.testdir({}), 'new')
  t.same(await run(folder, ['', 'a b', 'good']), {
    code: 2,
    stdout: '',
    stderr: 'a host name is empty; give a DNS name or an IP address\n"a b" is neither a DNS name nor an IP address\n'
  })
  t.equal((await run(folder, [])).code, 2)
  await t.rejects(readFile(join(folder, 'ca.crt')), { code: 'ENOENT' })
})

void t.test('says once why a folder cannot be made: exit 2, as for serve', async t => {
  const parent = t.testdir({ file: '' })
  for (const { path, code } of [{ path: ['file', 'new'], code: 'ENOTDIR' }, { path: ['no', 'such'], code: 'ENOENT' }]) {
    t.same(await run(join(parent, ...path), ['localhost']), {
      code: 2, stdout: '', stderr: `FOLDER: this folder for certificates cannot be made (${code}); is its parent there?\n`,
    })
  }
  const file = await run(join(parent, 'file'), ['localhost'])
  t.same({ code: file.code, stdout: file.stdout }, { code: 2, stdout: '' }, 'a file for a folder')
  t.equal(file.stderr.match(/ENOTDIR/gu)?.length, 1, file.stderr)
})

void t.test('says that the caBundle is not known without ca.crt', async t => {
  const folder = t.testdir({})
  await cp(join(fixtures, 'rsa'), folder, { recursive: true })
  await rm(join(folder, 'ca.crt'))
  t.same(await run(folder, ['localhost']), {
    code: 1,
    stdout: '',
    stderr:
      'FOLDER/ca.crt: is missing, so the caBundle is not known; put the certificate of who signed tls.crt there ' +
      '(a Secret of cert-manager has it)\n'
  })
})
