import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { parse } from 'yaml'
import { accountRights } from '../../src/controllers/account-rights.ts'

interface Role {
  readonly kind: string
  readonly rules?: readonly {
    readonly apiGroups: readonly string[], readonly resources: readonly string[], readonly verbs: readonly string[],
      readonly resourceNames?: readonly string[]
  }[]
}

const folder = join(import.meta.dirname, '../../config/rbac')

/** Every right of a role, a line each. */
const granted = ({ kind, rules = [] }: Role): readonly string[] => rules.flatMap(({ apiGroups, resources, verbs, resourceNames = [''] }) =>
  apiGroups.flatMap(group => resources.flatMap(resource => verbs.flatMap(verb => resourceNames.map(name =>
    `${kind === 'Role' ? 'own-namespace' : 'cluster'}: ${verb} ${resource}.${group} ${name}`)))))

void t.test('the rights that are checked are those that config/rbac grants, and no others', async t => {
  const files = await readdir(folder)
  const roles: readonly Role[] = await Promise.all(files.map(async file => parse(await readFile(join(folder, file), 'utf8'))))
  const rights = accountRights('versprei-certificates').map(({ scope, verb, resource, subresource, group, name = '' }) =>
    `${scope}: ${verb} ${resource}${subresource === undefined ? '' : `/${subresource}`}.${group} ${name}`)
  t.same(rights.toSorted((a, b) => (a < b ? -1 : 1)), roles.flatMap(granted).toSorted((a, b) => (a < b ? -1 : 1)))
  t.ok(rights.length > 15)
})
