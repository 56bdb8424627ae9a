import { X509Certificate } from 'node:crypto'
import { readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { connect, createServer } from 'node:tls'
import t, { type Test } from 'tap'
import { readFiles, writeFiles, type CertificateFiles } from '../../src/certificates/files.ts'
import { ensureCertificates } from '../../src/certificates/folder.ts'
import { readPair } from '../../src/certificates/pair.ts'
import { serving } from '../../src/certificates/purpose.ts'
import { announceAuthority, dropAuthorities, rotationOf, switchLeaf } from '../../src/certificates/rotation.ts'

const now = new Date()
const wish = { now, purpose: serving, hosts: ['localhost'] }
const stepOf = (files: CertificateFiles) => rotationOf(files, serving).step
const certificates = (pem = '') => pem.match(/-----BEGIN[^-]+-----[^-]+-----END[^-]+-----/gu) ?? []

const make = async (t: Test): Promise<{ readonly folder: string, readonly files: CertificateFiles }> => {
  const folder = join(t.testdir({}), 'certs')
  await ensureCertificates(folder, { hosts: ['web.example', '::1'], now })
  const files = await readFiles(folder)
  if (files === undefined) throw new Error('there is no whole pair')
  return { folder, files }
}

/** Every state from the first to the last. */
const walk = async (files: CertificateFiles): Promise<readonly CertificateFiles[]> => {
  const announced = await announceAuthority(files, wish)
  const switched = await switchLeaf(announced, wish)
  const rotation = rotationOf(switched, serving)
  return [files, announced, switched, dropAuthorities(switched, rotation.step === 'switched' ? rotation.old : [])]
}

/** Whether a client that trusts `authorities` takes what a server with these files shows. */
const isTaken = async (t: Test, files: CertificateFiles, authorities: string): Promise<boolean> => {
  const server = createServer({ cert: files['tls.crt']!, key: files['tls.key']! })
  await new Promise<void>(resolve => { server.listen(0, '127.0.0.1', resolve) })
  t.teardown(() => { server.close() })
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return new Promise(resolve => {
    const socket = connect({ host: '127.0.0.1', port, servername: 'web.example', ca: authorities }, () => {
      resolve(true)
      socket.destroy()
    })
    socket.on('error', () => resolve(false))
  })
}

void t.test('goes from one authority to another by a new key, and the files say how far it is', async t => {
  const { files } = await make(t)
  const states = await walk(files)
  t.same(states.map(stepOf), ['none', 'announced', 'switched', 'none'])
  t.same(states.map(state => certificates(state['ca.crt']).length), [1, 2, 2, 1])
  t.same(states.map(state => state['ca-next.key'] !== undefined), [false, true, false, false])
  const [first, announced, switched, last] = states
  t.equal(announced?.['tls.crt'], first?.['tls.crt'], 'announcing changes no certificate')
  t.equal(announced?.['ca.key'], first?.['ca.key'])
  t.equal(switched?.['ca.key'], announced?.['ca-next.key'])
  t.equal(switched?.['ca.crt'], announced?.['ca.crt'], 'switching changes nothing of what is trusted')
  for (const file of ['ca.key', 'ca.crt', 'tls.key', 'tls.crt']) t.not(last?.[file], first?.[file], file)
  t.match(new X509Certificate(last?.['tls.crt'] ?? '').subjectAltName, /web\.example.*localhost/u, 'the names it had, and those that are wanted')
  t.equal(rotationOf(switched ?? {}, serving).step === 'switched' && new X509Certificate(switched?.['tls.crt'] ?? '').fingerprint256,
    new X509Certificate(last?.['tls.crt'] ?? '').fingerprint256)
})

void t.test('who trusts what is published takes what is served, before and after each step; the old authority alone is no good in the end', async t => {
  const { files } = await make(t)
  const states = await walk(files)
  for (const [index, state] of states.entries()) {
    const next = states[index + 1] ?? state
    t.ok(await isTaken(t, state, state['ca.crt'] ?? ''), `state ${index}`)
    t.ok(await isTaken(t, state, next['ca.crt'] ?? ''), `trust is a step ahead of state ${index}`)
  }
  t.notOk(await isTaken(t, states[3] ?? {}, files['ca.crt'] ?? ''))
})

void t.test('cut short after any file of any step, it is taken up and comes to the end', async t => {
  const { files } = await make(t)
  const states = await walk(files)
  const order = ['ca.key', 'ca.crt', 'tls.key', 'tls.crt', 'ca-next.key']
  for (const [index, before] of states.slice(0, -1).entries()) {
    const after = states[index + 1] ?? {}
    for (let written = 1; written < order.length; written += 1) {
      const torn: Record<string, string> = { ...before }
      for (const file of order.slice(0, written)) {
        const text = after[file]
        if (text === undefined) delete torn[file]
        else torn[file] = text
      }
      let state: CertificateFiles = torn
      if (stepOf(state) === 'announced') state = await switchLeaf(state, wish)
      const rotation = rotationOf(state, serving)
      if (rotation.step === 'switched') state = dropAuthorities(state, rotation.old)
      const folder = join(t.testdirName, `${index}-${written}`)
      await writeFiles(folder, state)
      t.equal(stepOf(state), 'none', `step ${index}, ${written} files`)
      await t.resolves(readPair(folder))
    }
  }
})

void t.test('a key that was left alone is used, and one that is none is an error that names it', async t => {
  const { files } = await make(t)
  const announced = await announceAuthority(files, wish)
  const left = { ...files, 'ca-next.key': announced['ca-next.key'] ?? '' }
  t.equal(stepOf(left), 'none')
  t.equal((await announceAuthority(left, wish))['ca-next.key'], announced['ca-next.key'])
  t.throws(() => rotationOf({ ...files, 'ca-next.key': 'none' }, serving), /^ca-next\.key: is not a whole, unencrypted PEM private key/u)
})

void t.test('certificates that someone else made are not touched', async t => {
  const { folder, files } = await make(t)
  const { 'ca.key': _, ...foreign } = files
  t.equal(stepOf(foreign), 'none')
  await t.rejects(announceAuthority(foreign, wish), /there is no ca\.key: someone else makes these certificates/u)
  await t.rejects(announceAuthority(files, { ...wish, purpose: { ...serving, authorityName: 'another' } }), /do not both bear the names that Versprei gives/u)
  await rm(join(folder, 'ca.key'))
  await writeFile(join(folder, 'note'), '')
  t.same((await readdir(folder)).toSorted(), ['ca.crt', 'note', 'tls.crt', 'tls.key'])
})

void t.test('while both are published nothing is renewed by the wrong one, and a leaf that is due is', async t => {
  const { files } = await make(t)
  const folder = join(t.testdirName, 'certs')
  for (const state of (await walk(files)).slice(1, 3)) {
    await writeFiles(folder, state)
    const late = new Date(now.getTime() + 61 * 86_400_000)
    const { made } = await ensureCertificates(folder, { hosts: ['web.example'], now: late })
    t.same(made.map(({ file }) => file), ['tls.crt'])
    const renewed = await readFiles(folder)
    t.equal(renewed && stepOf(renewed), stepOf(state))
  }
})
