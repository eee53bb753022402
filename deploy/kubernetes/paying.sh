#!/usr/bin/env bash
# paying.sh <n> <command…>: runs a command while a payment is made every half second. Fails when the command does, when
# more than n payments did not settle, or when none settles afterwards.
set -euo pipefail

bear=$1
shift
pay() { kubectl exec --namespace bahi deployment/bahi-sandbox -- node /app/deploy/image/bahi.ts pay --url http://bahi-edge; }
log=$(mktemp)
stop=$(mktemp --dry-run)

(
  # What ends without a word, such as kubectl, is a failure too.
  while [ ! -e "$stop" ]; do pay >> "$log" || echo 'failed: ended with an error' >> "$log"; done
) &
payments=$!

ended=0
"$@" || ended=$?
touch "$stop"
wait $payments

settled=$(grep --count '^settled' "$log" || true)
failed=$(grep --count '^failed' "$log" || true)
echo "$settled payments settled, $failed failures"
grep '^failed' "$log" | sort | uniq --count || true
[ "$ended" -eq 0 ]
[ "$failed" -le "$bear" ]
[ "$settled" -gt 0 ]
pay > /dev/null
