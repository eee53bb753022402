#!/usr/bin/env bash
# The pod of the primary dies; until another one leads, and every pod of the platform is available.
set -euo pipefail

primary_now() { kubectl get cluster bahi-db --namespace bahi --output jsonpath='{.status.currentPrimary}'; }
primary=$(primary_now)
kubectl delete pod "$primary" --namespace bahi --grace-period 0 --force
for _ in $(seq 60); do
  now=$(primary_now)
  [ "$now" != "$primary" ] && break
  sleep 2
done
test "$now" != "$primary"
kubectl wait --namespace bahi --for condition=Available deployment --all --timeout 5m
