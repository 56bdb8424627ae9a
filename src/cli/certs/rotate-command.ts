import { InvalidArgumentError, Option, type Command } from 'commander'
import { usualNamespace } from '../../controllers/installed-names.ts'
import { addClusterFlags } from '../cluster-flags.ts'
import { confirmations, defaultTimeout, type RotateFlags } from './rotate-flags.ts'
import type { RotateIo } from './rotate.ts'

/** An hour: nobody waits longer for what takes a minute. */
const longestTimeout = 3600

function parseTimeout(text: string): number {
  const seconds = /^\d{1,4}$/u.test(text) ? Number(text) : 0
  if (seconds < 1 || seconds > longestTimeout) throw new InvalidArgumentError(`It must be a number of seconds from 1 to ${longestTimeout}.`)
  return seconds
}

/** Adds `rotate` to the command `certs`. */
export function addRotate(certs: Command, io: RotateIo, finish: (result: Promise<number>) => Promise<void>): void {
  // What stands behind `rotate` is its own: `certs` has a --certificates, too, with a default. The program itself has to say so as well.
  const command = certs.enablePositionalOptions().command('rotate')
    .description('replace the authority by one with a new key: both are trusted until every replica serves a certificate by the new one')
    .option('--certificate-secret <NAME>', 'Secret by which the replicas share their certificates, as `serve` has it')
    .option('-n, --namespace <NAME>', 'namespace of the Secret', usualNamespace)
    .option('--certificates <DIR>', 'a folder of certificates, in place of a Secret: one step each time')
    .option('--peers', 'the authority of what replicas say to each other, in place of the one that the API server trusts')
    .addOption(new Option('--confirm <WHAT>',
      'of a folder: all that connect trust both authorities; every server serves the new certificate').choices(confirmations))
    .option('--timeout <SECONDS>', 'how long to wait for the replicas', parseTimeout, defaultTimeout)
  addClusterFlags(command)
    .action((options: RotateFlags) => finish(import('./rotate.ts').then(({ rotate }) => rotate(options, io))))
}
