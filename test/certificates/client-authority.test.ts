import { rm, writeFile } from 'node:fs/promises'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { followClientAuthorities, readClientAuthorities } from '../../src/certificates/client-authority.ts'

const [one, other] = ['rsa', 'elliptic'].map(kind => readFileSync(join(import.meta.dirname, 'fixtures', kind, 'ca.crt'), 'utf8')) as [string, string]

void t.test('several authorities in a file are read; what is no whole PEM is an error that names the file', async t => {
  const file = join(t.testdir({}), 'ca.crt')
  await writeFile(file, `${one}${other}`)
  t.equal(await readClientAuthorities(file), `${one}${other}`)
  for (const [text, message] of [['', /holds no certificate$/], [one.slice(0, -40), /cut off/], ['-----BEGIN RSA PRIVATE KEY-----', /cut off/]] as const) {
    await writeFile(file, text)
    await t.rejects(readClientAuthorities(file), { message })
  }
  await t.rejects(readClientAuthorities(`${file}.none`), { message: /ca\.crt\.none: cannot be read \(ENOENT\)$/ })
})

void t.test('a change is taken up once, a broken file is told of once and the old one holds', async t => {
  const file = join(t.testdir({ 'ca.crt': one }), 'ca.crt')
  const seen: string[] = []
  let [stopped, refuses] = [0, false]
  const { check, stop } = followClientAuthorities({
    file, initial: one, repeat: () => () => { stopped += 1 },
    onChange(ca) {
      if (refuses) throw new Error('refused')
      seen.push(ca === other ? 'other' : 'one')
    },
    onTrouble: ({ message }) => { seen.push(message.replace(/.*\//u, '')) },
  })
  const write = async (text: string) => {
    await writeFile(file, text)
    await check()
    await check()
  }
  await write(one)
  await write(other)
  await write('')
  await rm(file)
  await check()
  await write(other)
  refuses = true
  await write(one)
  refuses = false
  await check()
  t.same(seen, ['other', 'ca.crt: holds no certificate', 'ca.crt: cannot be read (ENOENT)', 'refused', 'one'])
  stop()
  await write(other)
  t.equal(seen.length, 5)
  t.equal(stopped, 1)
})
