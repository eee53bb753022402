#!/usr/bin/env bash
# Replaces every pod of the platform but the sandbox's, one Deployment after the other.
set -euo pipefail

for deployment in $(kubectl get deployments --namespace bahi --output name | grep --invert-match sandbox); do
  kubectl rollout restart --namespace bahi "$deployment"
  kubectl rollout status --namespace bahi "$deployment" --timeout 5m
done
