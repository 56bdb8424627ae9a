import { connect, createServer, isIP, type Socket } from 'node:net'
import { writeKubeconfig, type Kubeconfig } from './home.ts'

/** A way to the API server that can be cut. */
export interface ApiGate {
  /** A kubeconfig as the one that was given, whose server is reached through this gate. */
  readonly kubeconfig: string
  /** Ends every connection, watches too, and refuses new ones until it is mended. */
  readonly cut: () => void
  readonly mend: () => void
  readonly close: () => Promise<void>
}

/** Passes bytes as they are between 127.0.0.1 and the API server that `config` names. `folder` is where its kubeconfig is written. */
export async function openApiGate(folder: string, config: Kubeconfig): Promise<ApiGate> {
  const target = new URL(config.clusters[0]!.cluster.server)
  const sockets = new Set<Socket>()
  let isCut = false
  const gate = createServer({ noDelay: true }, client => {
    if (isCut) {
      client.on('error', () => undefined).resetAndDestroy()
      return
    }
    const server = connect({ host: target.hostname.replace(/^\[|\]$/gu, ''), port: Number(target.port || 443), noDelay: true })
    const pair = [client, server]
    client.pipe(server)
    server.pipe(client)
    for (const socket of pair) {
      sockets.add(socket)
      socket.on('error', () => socket.destroy()).on('close', () => {
        sockets.delete(socket)
        for (const either of pair) either.destroySoon()
      })
    }
  })
  await new Promise<void>((resolve, reject) => { gate.on('error', reject).listen(0, '127.0.0.1', resolve) })
  const bound = gate.address()
  const port = typeof bound === 'object' && bound !== null ? bound.port : 0
  // A certificate for 127.0.0.1 is for the gate, too; any other is asked for by its own name.
  const name = isIP(target.hostname) === 0 ? { 'tls-server-name': target.hostname } : {}
  const clusters = config.clusters.map(({ cluster, ...rest }) =>
    ({ ...rest, cluster: { ...cluster, server: `https://127.0.0.1:${port}`, ...name } }))
  const kubeconfig = await writeKubeconfig(folder, { ...config, clusters })
  const destroyAll = () => { for (const socket of sockets) socket.resetAndDestroy() }
  return {
    kubeconfig,
    cut() {
      isCut = true
      destroyAll()
    },
    mend: () => { isCut = false },
    async close() {
      destroyAll()
      await new Promise(resolve => { gate.close(resolve) })
    },
  }
}
