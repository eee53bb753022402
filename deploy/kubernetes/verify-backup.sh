#!/usr/bin/env bash
# The first backup into a bucket (kind-bucket.yaml), and its verification: what the gateway then measures, and that nothing
# of the restored cluster is left.
set -euo pipefail

kubectl apply --filename deploy/kubernetes/kind-bucket.yaml
kubectl rollout status --namespace bahi deployment/bucket --timeout 5m
helm upgrade bahi deploy/chart --namespace bahi --reset-then-reuse-values --wait --timeout 15m \
  --set database.backup.enabled=true,database.backup.destination=s3://bahi/,database.backup.endpoint=http://bucket:9000 \
  --set database.backup.credentials=bucket,database.backup.encryption=
kubectl wait --namespace bahi --for condition=Ready cluster/bahi-db --timeout 15m
kubectl wait --namespace bahi --for jsonpath='{.status.phase}'=completed backups --all --timeout 10m

kubectl create job verify --namespace bahi --from cronjob/bahi-backup-verify
ended() { kubectl get job verify --namespace bahi --output jsonpath='{.status.succeeded}{.status.failed}'; }
for _ in $(seq 180); do
  [ -n "$(ended)" ] && break
  kubectl get cluster bahi-db-verify --namespace bahi --no-headers 2> /dev/null || true
  sleep 5
done
kubectl logs --namespace bahi job/verify
kubectl wait --namespace bahi --for condition=Complete job/verify --timeout 10s

gone() { ! kubectl get "$1" --namespace bahi --output name | grep bahi-db-verify; }
for _ in $(seq 60); do
  gone clusters,pods,persistentvolumeclaims,secrets && break
  sleep 2
done
gone clusters,pods,persistentvolumeclaims,secrets

# A kubelet brings a ConfigMap to a pod within two minutes.
measured() {
  kubectl exec --namespace bahi deployment/bahi-payment-path -- node --eval \
    'fetch("http://127.0.0.1:8082/metrics").then((answer) => answer.text()).then(console.log)' |
    grep '^bahi_backup_last_verified_timestamp_seconds'
}
for _ in $(seq 40); do
  measured && break
  sleep 5
done
measured
