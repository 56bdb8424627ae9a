// Loaded before a Versprei that plays a pod (node --import): a process outside a container has no mount of its own, so what it reads in the
// folder of its service account it gets from the folder that POD_FILES names.
import fs from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'

const mount = '/var/run/secrets/kubernetes.io/serviceaccount/'
const folder = process.env['POD_FILES']
if (folder === undefined) throw new Error('POD_FILES has to name the folder of the service account\'s files')

const { readFile } = fs
const placeOf = (path: unknown): unknown =>
  typeof path === 'string' && path.startsWith(mount) ? `${folder}/${path.slice(mount.length)}` : path
Object.assign(fs, { readFile: async (path: unknown, ...rest: unknown[]) => Reflect.apply(readFile, fs, [placeOf(path), ...rest]) })
syncBuiltinESMExports()
