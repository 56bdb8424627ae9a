#!/usr/bin/env bash
# Builds a real Kubernetes control plane, and the tools that tests run against it, from Go modules.
# Usage: build.sh [DIR]     Binaries land in DIR (default: $HOME/.cache/versprei/control-plane); prints DIR last.
# First run: about a quarter of an hour on two cores. Later runs: nothing to do, unless a version below changed.
# Exit code 2: Go is missing or too old. Two runs at once build once: the second waits for the first.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
bin=${1:-${XDG_CACHE_HOME:-$HOME/.cache}/versprei/control-plane}
kubernetes=v1.36.3
kwok=v0.8.0
helm=v4.3.1

want="$kubernetes $kwok $helm $(cksum <"$here/go.sum")"
built() { [[ "$(cat "$bin/.built" 2>/dev/null)" == "$want" ]]; }
if built; then echo "$bin"; exit 0; fi

# Where Go's own installer puts it is searched too: a clean machine's PATH often lacks it.
PATH=$PATH:/usr/local/go/bin
needed=$(sed -n 's/^go //p' "$here/go.mod")
without_go() { echo "build.sh: building the control plane needs Go $needed or later: $1" >&2; exit 2; }
command -v go >/dev/null || without_go "there is no go on PATH"
# A Go that may fetch toolchains answers with the one go.mod asks for; one that may not refuses, and says why.
version=$(cd "$here" && go env GOVERSION 2>&1) || without_go "$version"
printf '%s\n' "$needed" "${version#go}" | sort -VC || without_go "this is $version"

mkdir -p "$bin"
# The kernel drops the lock with the process. Without flock (macOS) two builds waste time, but each has its own folder.
new=$bin/.building
if command -v flock >/dev/null; then
  exec 9>"$bin/.lock"
  flock --nonblock 9 || { echo "build.sh: another build is under way in $bin, waiting for it" >&2; flock 9; }
  if built; then echo "$bin"; exit 0; fi
else
  new=$new.$$
fi
rm -rf "$new"; mkdir "$new"
trap 'rm -rf "$new"' EXIT

echo "build.sh: building a control plane into $bin, once: about a quarter of an hour on two cores" >&2
export GOBIN=$new CGO_ENABLED=0 GOFLAGS=-trimpath
minor=${kubernetes#v1.}; minor=${minor%%.*}
ldflags="-s -w"
for package in k8s.io/component-base/version k8s.io/client-go/pkg/version; do
  ldflags+=" -X $package.gitVersion=$kubernetes -X $package.gitMajor=1 -X $package.gitMinor=$minor"
done
(cd "$here" && go install -ldflags "$ldflags" tool) >&2
mv -f "$new/server" "$new/etcd"
go install -ldflags "-s -w" "sigs.k8s.io/kwok/cmd/kwok@$kwok" >&2
# The life of a pod and of a node, as kwok ships it: files beside its module, one Stage each.
stages=$(go mod download -json "sigs.k8s.io/kwok@$kwok" | sed -n 's/.*"Dir": "\(.*\)".*/\1/p')/kustomize/stage
for stage in pod/fast/pod-{ready,complete,delete} node/fast/node-initialize node/heartbeat-with-lease/node-heartbeat-with-lease; do
  echo "---"; cat "$stages/$stage.yaml"
done >"$new/stages.yaml"
go install -ldflags "-s -w" "helm.sh/helm/v4/cmd/helm@$helm" >&2

# Each file is replaced by a rename, so a control plane that runs from here keeps what it has; the stamp comes last,
# so a build that was cut off anywhere is no build.
rm -f "$bin/.built"
mv -f "$new"/* "$bin/"
echo "$want" >"$new/.built"
mv -f "$new/.built" "$bin/.built"
echo "$bin"
