#!/usr/bin/env bash
# Adds COUNT kwok nodes named PREFIX-0…, each ready with room for 110 pods.
# Usage: nodes.sh PREFIX COUNT [LABEL=VALUE[,VALUE …] …]     Several values are given in turn: zone=a,b,c.
# KUBECONFIG names the cluster; kubectl must be on PATH.
set -euo pipefail
prefix=$1 count=$2; shift 2
for ((i = 0; i < count; i++)); do
  echo "---"
  echo "apiVersion: v1"
  echo "kind: Node"
  echo "metadata:"
  echo "  name: $prefix-$i"
  echo "  annotations: {kwok.x-k8s.io/node: fake}"
  echo "  labels:"
  echo "    kubernetes.io/hostname: $prefix-$i"
  for label in "$@"; do
    IFS=, read -r -a values <<<"${label#*=}"
    echo "    ${label%%=*}: \"${values[i % (${#values[@]} ? ${#values[@]} : 1)]:-}\""
  done
  echo "status:"
  echo "  capacity: {cpu: \"64\", memory: 256Gi, pods: \"110\"}"
  echo "  allocatable: {cpu: \"64\", memory: 256Gi, pods: \"110\"}"
done | kubectl apply -f - >/dev/null
