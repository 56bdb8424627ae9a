import { spawn } from 'node:child_process'
import { open, readFile, readlink } from 'node:fs/promises'
import { join } from 'node:path'
import type { Test } from 'tap'
import { callApi } from './cluster.ts'
import { giveWay } from './control-plane.ts'
import { listProcess } from './versprei.ts'
import { waitFor } from './wait-for.ts'

const name = 'kube-apiserver'

interface Running {
  readonly pid: number
  readonly folder: string
  readonly command: readonly string[]
}

/** The API server that the run has started, the last one listed; undefined for a cluster that was supplied, which is not ours. */
async function findApiServer(): Promise<Running | undefined> {
  const folder = process.env['VERSPREI_TEST_FOLDER']
  if (folder === undefined) return undefined
  const lines = (await readFile(join(folder, 'pids'), 'utf8')).split('\n').filter(line => line.endsWith(` ${name}`))
  const pid = Number(lines.at(-1)?.split(' ')[0])
  if (Number.isNaN(pid)) return undefined
  const command = (await readFile(`/proc/${pid}/cmdline`, 'utf8')).split('\0').slice(0, -1)
  return { pid, folder: await readlink(`/proc/${pid}/cwd`), command }
}

const isRunning = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

/** Whether the API server of this run can be restarted. */
export const canRestartApiServer = async (): Promise<boolean> => await findApiServer() !== undefined

/**
 * Kills the API server of this run, so that it finishes no call, and starts it again as it was; resolves when it is ready. It then
 * belongs to the run, not to the test file, and is listed to be stopped with it.
 *
 * @param change of its flags
 * @throws for a cluster that was supplied
 */
export async function restartApiServer(change = (flags: readonly string[]) => flags): Promise<void> {
  const running = await findApiServer()
  if (running === undefined) throw new Error('the API server is not this run\'s own: it cannot be restarted')
  const { pid, folder, command: [program = '', ...args] } = running
  process.kill(pid, 'SIGKILL')
  await waitFor('the API server is gone', () => !isRunning(pid), { interval: 10 })
  const log = await open(join(folder, `${name}.log`), 'a')
  const child = spawn(giveWay, [program, ...change(args)], { cwd: folder, detached: true, stdio: ['ignore', log.fd, log.fd] })
  child.unref()
  await listProcess(child.pid, name)
  await log.close()
  await waitFor('the API server is ready again', async () => (await callApi('GET', '/readyz')).status === 200)
}

/** Restarts the API server of this run with flags that it did not have; it is as before after the test. */
export async function giveFlags(t: Pick<Test, 'teardown'>, ...added: readonly string[]): Promise<void> {
  t.teardown(() => restartApiServer(flags => flags.filter(flag => !added.includes(flag))))
  await restartApiServer(flags => [...flags, ...added])
}
