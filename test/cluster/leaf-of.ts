import { connect } from 'node:tls'
import type { Replica } from './replica.ts'

/** The fingerprint of the leaf that a replica serves to a new connection. */
export const leafOf = ({ url }: Replica): Promise<string> => new Promise<string>((resolve, reject) => {
  const { hostname: host, port } = new URL(url)
  const socket = connect({ host, port: Number(port), rejectUnauthorized: false }, () => {
    resolve(socket.getPeerX509Certificate()?.fingerprint256 ?? '')
    socket.end()
  })
  socket.on('error', reject)
})
