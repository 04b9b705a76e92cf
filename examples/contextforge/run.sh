#!/bin/sh
# Judges each file of contextforge, in a temporary folder that is removed at the end.
# A random text stands in for what the key vault gives.
set -u
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
sh "$here/prepare.sh" "$here" "$work" > "$work/prepared.txt" || exit 70
cd "$work" || exit 70

wrong=0
judge() {
  expected=$1
  shift
  echo "== preflight check $*"
  preflight check --format text "$@"
  code=$?
  [ "$code" = "$expected" ] || { echo "expected exit code $expected, got $code"; wrong=1; }
  echo
}
unset KEYVAULT_SECRET
judge 1 -f before.compose.yaml
judge 0 -f development.compose.yaml --env-file .env.development
judge 0 .env.staging
judge 0 -f stack.yaml
echo "== production, before the key vault was asked"
judge 1 -f compose.yaml
KEYVAULT_SECRET=$(head -c 24 /dev/urandom | od -An -v -tx1 | tr -d ' \n')
export KEYVAULT_SECRET
echo "== production, after"
judge 0 -f compose.yaml
exit "$wrong"
