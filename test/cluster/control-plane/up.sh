#!/usr/bin/env bash
# Starts a real control plane on loopback: etcd, kube-apiserver, controllers, scheduler, and kwok, which plays the kubelets.
# Services get cluster IPs in 127.77.0.0/16: a process listening on CLUSTERIP:PORT is reached through its Service, with no kube-proxy.
# Usage: up.sh DIR     Everything it writes is under DIR: kubeconfig (cluster-admin), logs, etcd data, pids. Stop with down.sh DIR.
# When a part does not come up, the ends of the logs are printed, what was started is stopped, and DIR is removed.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
bin=$("$here/build.sh" ${CONTROL_PLANE_BIN:+"$CONTROL_PLANE_BIN"})
mkdir -p "$1"; dir=$(cd "$1" && pwd); cd "$dir"
[[ ! -s pids ]] || { echo "up.sh: $dir has a control plane already: stop it with down.sh $dir" >&2; exit 2; }
: >pids

give_up() {
  echo "up.sh: $1" >&2
  for log in *.log; do echo "== the end of $log" >&2; tail -n 15 "$log" >&2; done
  "$here/down.sh" "$dir"
  exit 1
}
# Tries a command every 0.1 s until it succeeds; gives up after about a minute, or once a part has died.
until_ok() {
  local what=$1 pid name; shift
  for _ in $(seq 600); do
    if "$@" >/dev/null 2>&1; then return; fi
    while read -r pid name; do kill -0 "$pid" 2>/dev/null || give_up "$name died while waiting for $what"; done <pids
    sleep 0.1
  done
  give_up "$what did not come within a minute"
}

# Five ports held at one time, so that no two are the same; a token; the key that signs service account tokens.
read -r etcd peer api kcm scheduler token < <(node -e '
  const {createServer} = require("net"), {generateKeyPairSync, randomBytes} = require("crypto")
  const {privateKey} = generateKeyPairSync("rsa", {modulusLength: 2048, publicKeyEncoding: {type: "spki", format: "pem"},
    privateKeyEncoding: {type: "pkcs8", format: "pem"}})
  require("fs").writeFileSync("service-account.key", privateKey, {mode: 0o600})
  const listen = () => new Promise(done => { const server = createServer().listen(0, "127.0.0.1", () => done(server)) })
  Promise.all([1, 2, 3, 4, 5].map(listen)).then(servers => {
    console.log(...servers.map(server => server.address().port), randomBytes(16).toString("hex"))
    for (const server of servers) server.close()
  })')
(umask 077; echo "$token,admin,admin,system:masters" >tokens.csv)

run() { local name=$1; shift; nohup "$bin/$name" "$@" >"$name.log" 2>&1 </dev/null & echo "$! $name" >>pids; }
run etcd --data-dir etcd --unsafe-no-fsync --log-level warn --quota-backend-bytes 4294967296 \
  --listen-client-urls "http://127.0.0.1:$etcd" --advertise-client-urls "http://127.0.0.1:$etcd" \
  --listen-peer-urls "http://127.0.0.1:$peer" --initial-advertise-peer-urls "http://127.0.0.1:$peer" --initial-cluster "default=http://127.0.0.1:$peer"
run kube-apiserver --etcd-servers "http://127.0.0.1:$etcd" --secure-port "$api" --bind-address 127.0.0.1 --advertise-address 127.0.0.1 \
  --cert-dir apiserver --token-auth-file tokens.csv --authorization-mode Node,RBAC --endpoint-reconciler-type none \
  --service-account-issuer https://kubernetes.default.svc --service-account-key-file service-account.key \
  --service-account-signing-key-file service-account.key --service-cluster-ip-range 127.77.0.0/16 --allow-privileged \
  --max-requests-inflight 2000 --max-mutating-requests-inflight 1000 ${KUBE_APISERVER_FLAGS:-}
until_ok "the API server's certificate" test -s apiserver/apiserver.crt
(umask 077; cat >kubeconfig <<YAML
apiVersion: v1
kind: Config
current-context: local
clusters: [{name: local, cluster: {server: "https://127.0.0.1:$api", certificate-authority: "$dir/apiserver/apiserver.crt"}}]
users: [{name: admin, user: {token: "$token"}}]
contexts: [{name: local, context: {cluster: local, user: admin}}]
YAML
)
export KUBECONFIG=$dir/kubeconfig
until_ok "a ready API server" "$bin/kubectl" get --raw /readyz
run kube-controller-manager --kubeconfig kubeconfig --leader-elect=false --secure-port "$kcm" --bind-address 127.0.0.1 --use-service-account-credentials \
  --service-account-private-key-file service-account.key --root-ca-file apiserver/apiserver.crt \
  --kube-api-qps 1000 --kube-api-burst 2000 --concurrent-deployment-syncs 20 --concurrent-replicaset-syncs 20
run kube-scheduler --kubeconfig kubeconfig --leader-elect=false --secure-port "$scheduler" --bind-address 127.0.0.1 \
  --kube-api-qps 1000 --kube-api-burst 2000
# A node's lease lasts 40 s: without one every node turns NotReady each minute. With 16 pods at a time in place of kwok's 4, a burst
# of 1,000 is Ready a third sooner; kwok then wants the other two said as well.
{ cat "$bin/stages.yaml"; cat <<YAML
---
apiVersion: config.kwok.x-k8s.io/v1alpha1
kind: KwokConfiguration
options:
  manageNodesWithAnnotationSelector: kwok.x-k8s.io/node=fake
  nodeLeaseDurationSeconds: 40
  podPlayStageParallelism: 16
  nodePlayStageParallelism: 4
  nodeLeaseParallelism: 4
YAML
} >kwok.yaml
run kwok --kubeconfig kubeconfig --config kwok.yaml
until_ok "the default service account" "$bin/kubectl" -n default get serviceaccount default
echo "$dir/kubeconfig"
