#!/usr/bin/env bash
# Replaces every pod of the platform while a payment is made every half second; fails when one of them fails.
set -euo pipefail

bahi() { kubectl exec --namespace bahi deployment/bahi-sandbox -- node /app/deploy/image/bahi.ts "$@"; }
log=$(mktemp)
stop=$(mktemp --dry-run)

(
  while [ ! -e "$stop" ]; do
    bahi demo --url http://bahi-edge --amount 100 > "$log.one" 2>&1 && echo paid >> "$log" || {
      echo failed >> "$log"
      cat "$log.one"
    }
    sleep 0.5
  done
) &
payments=$!

for deployment in $(kubectl get deployments --namespace bahi --output name | grep --invert-match sandbox); do
  kubectl rollout restart --namespace bahi "$deployment"
  kubectl rollout status --namespace bahi "$deployment" --timeout 5m
done
touch "$stop"
wait $payments

paid=$(grep --count paid "$log" || true)
echo "$paid payments while every pod was replaced"
# A negated command does not end a script under `set -e`.
if grep --quiet failed "$log"; then exit 1; fi
[ "$paid" -gt 0 ]
