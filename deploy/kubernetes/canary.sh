#!/usr/bin/env bash
# canary.sh <process> <tag>: a canary that is as good as the others gets its pod, and one that nobody can tell of has none
# any more. Its Job reaches Prometheus (kind-prometheus.yaml) and the API of Kubernetes by itself.
set -euo pipefail

process=$1
tag=$2

# The Job of the canary of an upgrade, with these settings of it.
canary() {
  helm upgrade bahi deploy/chart --namespace bahi --reset-then-reuse-values --timeout 10m \
    --set "canary.enabled=true,canary.process=$process,canary.tag=$tag,canary.steps={1}" \
    --set 'canary.stepSeconds=120,canary.windowSeconds=60,canary.maxErrors=0.05,canary.maxP99=10,canary.worseBy=50' \
    --set "$1" > /dev/null &&
    echo "job/bahi-canary-$(helm list --namespace bahi --output json | jq --raw-output '.[0].revision')"
}
pods() { kubectl get deployment "bahi-$process-canary" --namespace bahi --output jsonpath='{.spec.replicas}'; }

good=$(canary canary.minRequests=5)
kubectl wait --namespace bahi --for condition=Complete "$good" --timeout 5m || {
  kubectl logs --namespace bahi "$good"
  exit 1
}
kubectl logs --namespace bahi "$good"
test "$(pods)" = 1

unclear=$(canary canary.minRequests=1000000)
kubectl wait --namespace bahi --for condition=Failed "$unclear" --timeout 5m
kubectl logs --namespace bahi "$unclear"
test "$(pods)" = 0
