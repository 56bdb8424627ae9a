import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Test } from 'tap'
import { createClient } from '../../admission/serving.ts'

/** Where it listens in the tests: on loopback, at whatever ports are free. */
export const anyPorts = ['--host', '127.0.0.1', '--port', '0', '--metrics-port', '0']

/** The status and the body. */
export const get = async (url: string) => {
  const response = await fetch(url)
  return `${response.status} ${await response.text()}`
}

/** One metric of a page, by its name and labels. */
export const metric = async (metricsUrl: string | undefined, name: string): Promise<number> =>
  Number((await get(`${metricsUrl}/metrics`)).split('\n').find(line => line.startsWith(`${name} `))?.split(' ')[1])

/** Sends reviews to a Versprei, trusting the authority in its folder. */
export const client = async (t: Test, url: string | undefined, certificates: string) => {
  const { port } = new URL(url ?? '')
  return createClient(t, Number(port), { ca: await readFile(join(certificates, 'ca.crt'), 'utf8') })
}
