import { delimiter } from 'node:path'
import t from 'tap'
import { connect } from '../../src/cluster/connection.ts'
import { inClusterServer, type Source } from '../../src/cluster/source.ts'

const config = `
apiVersion: v1
kind: Config
current-context: first
clusters:
- {name: c1, cluster: {server: "https://one.test/"}}
- {name: c2, cluster: {server: "ftp://two.test"}}
users:
- {name: u, user: {token: secret-token}}
contexts:
- {name: first, context: {cluster: c1, user: u, namespace: shop}}
- {name: second, context: {cluster: c1, user: u}}
- {name: no-cluster, context: {cluster: c9, user: u}}
- {name: no-user, context: {cluster: c1, user: u9}}
- {name: ftp, context: {cluster: c2, user: u}}
`
const other = `
current-context: third
clusters: [{name: c1, cluster: {server: "https://never.test"}}, {name: c3, cluster: {server: "https://three.test"}}]
users: [{name: v, user: {}}]
contexts: [{name: third, context: {cluster: c3, user: v}}, {name: mixed, context: {cluster: c1, user: v}}]
`
const files = {
  config,
  other,
  'no-current': config.replace('current-context: first\n', ''),
  'not-yaml': 'users:\n- {name: u, user: {token: secret-token]\n',
  list: '[1, 2]',
  empty: '',
  'no-server': 'clusters: [{name: c, cluster: {}}]',
  home: { '.kube': { config } },
  account: { 'ca.crt': '', token: 'abc' },
  'no-account': { 'ca.crt': '' }
}

type Make = (folder: string) => Source
const server = inClusterServer('10.0.0.1', '443')

const good: readonly { name: string, source: Make, want: object }[] = [
  {
    name: 'the current context',
    source: f => ({ kubeconfig: `${f}/config` }),
    want: { server: 'https://one.test', context: 'first', namespace: 'shop' }
  },
  {
    name: 'a context by name',
    source: f => ({ kubeconfig: `${f}/config`, context: 'second' }),
    want: { server: 'https://one.test', context: 'second', namespace: 'default' }
  },
  {
    name: 'several files, the first that has a name wins',
    source: f => ({ kubeconfig: `${f}/no-current${delimiter}${f}/other` }),
    want: { server: 'https://three.test', context: 'third' }
  },
  {
    name: 'a context over several files',
    source: f => ({ kubeconfig: `${f}/config${delimiter}${f}/other`, context: 'mixed' }),
    want: { server: 'https://one.test' }
  },
  { name: 'the kubeconfig at home', source: f => ({ home: `${f}/home` }), want: { context: 'first' } },
  {
    name: 'the kubeconfig before the cluster',
    source: f => ({ kubeconfig: `${f}/config`, inCluster: { server, folder: `${f}/account` } }),
    want: { context: 'first' }
  },
  {
    name: 'the cluster before home',
    source: f => ({ home: `${f}/home`, inCluster: { server, folder: `${f}/account` } }),
    want: { server: 'https://10.0.0.1:443', context: undefined, namespace: 'default' }
  },
  {
    name: 'a context at home before the cluster',
    source: f => ({ home: `${f}/home`, context: 'second', inCluster: { server, folder: `${f}/account` } }),
    want: { context: 'second' }
  },
  {
    name: 'home before the cluster, where that is wanted',
    source: f => ({ first: 'home', home: `${f}/home`, inCluster: { server, folder: `${f}/account` } }),
    want: { context: 'first' }
  },
  {
    name: 'the cluster where home is wanted first, and has no kubeconfig',
    source: f => ({ first: 'home', home: `${f}/account`, inCluster: { server, folder: `${f}/account` } }),
    want: { server: 'https://10.0.0.1:443', context: undefined }
  }
]
for (const { name, source, want } of good) {
  void t.test(`finds ${name}`, async t => {
    const connection = await connect(source(t.testdir(files)))
    await connection.close()
    t.match(connection, want)
  })
}

const names = 'first, second, no-cluster, no-user, ftp'
const bad: readonly { name: string, source: Make, want: string }[] = [
  {
    name: 'an unknown context',
    source: f => ({ kubeconfig: `${f}/config`, context: 'nope' }),
    want: `kubeconfig F/config: no context "nope"; there are: ${names}`
  },
  {
    name: 'no current context',
    source: f => ({ kubeconfig: `${f}/no-current` }),
    want: `kubeconfig F/no-current: no current-context; name one of: ${names}`
  },
  {
    name: 'an unknown cluster',
    source: f => ({ kubeconfig: `${f}/config`, context: 'no-cluster' }),
    want: 'kubeconfig F/config: no cluster (of context no-cluster) "c9"; there are: c1, c2'
  },
  {
    name: 'an unknown user',
    source: f => ({ kubeconfig: `${f}/config`, context: 'no-user' }),
    want: 'kubeconfig F/config: no user (of context no-user) "u9"; there are: u'
  },
  {
    name: 'an odd server',
    source: f => ({ kubeconfig: `${f}/config`, context: 'ftp' }),
    want: 'kubeconfig F/config: cluster c2 has the server "ftp://two.test"; an https:// address is wanted'
  },
  {
    name: 'a missing file',
    source: f => ({ kubeconfig: `${f}/nope` }),
    want: "kubeconfig F/nope cannot be read: ENOENT: no such file or directory, open 'F/nope'"
  },
  {
    name: 'broken YAML, without quoting it',
    source: f => ({ kubeconfig: `${f}/not-yaml` }),
    want: 'kubeconfig F/not-yaml: line 2 is not valid YAML (BAD_INDENT)'
  },
  {
    name: 'a list',
    source: f => ({ kubeconfig: `${f}/list` }),
    want: 'kubeconfig F/list: not a kubeconfig; a mapping with clusters, users and contexts is wanted'
  },
  {
    name: 'an empty file',
    source: f => ({ kubeconfig: `${f}/empty` }),
    want: 'kubeconfig F/empty: not a kubeconfig; a mapping with clusters, users and contexts is wanted'
  },
  {
    name: 'a cluster without server',
    source: f => ({ kubeconfig: `${f}/no-server` }),
    want: 'kubeconfig F/no-server: clusters[0].cluster.server is missing'
  },
  {
    name: 'nothing at all',
    source: f => ({ home: f }),
    want: 'no cluster: no kubeconfig was named, there is no F/.kube/config and this is not a pod'
  },
  {
    name: 'a pod without a token',
    source: f => ({ inCluster: { server, folder: `${f}/no-account` } }),
    want: "service account: token file F/no-account/token cannot be read: ENOENT: no such file or directory, open 'F/no-account/token'; " +
      'a pod that talks to the API server wants automountServiceAccountToken'
  }
]
for (const { name, source, want } of bad) {
  void t.test(`says in one line what is wrong with ${name}`, async t => {
    const folder = t.testdir(files)
    const error: unknown = await connect(source(folder)).then(() => undefined, (error: unknown) => error)
    t.match(error, { name: 'ClusterError', reason: 'InvalidConfiguration' })
    t.equal(error instanceof Error && error.message.replaceAll(folder, 'F'), want)
  })
}

void t.test('makes the address of the API server from a pod\'s environment', async t => {
  t.strictSame([inClusterServer('10.0.0.1', '443'), inClusterServer('fd00::1', '6443'), inClusterServer('api.test', '443')],
    ['https://10.0.0.1:443', 'https://[fd00::1]:6443', 'https://api.test:443'])
})
