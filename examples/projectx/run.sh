#!/bin/sh
# Judges projectx's database configuration as written and corrected, in a temporary folder that is removed at the end.
set -u
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
sh "$here/prepare.sh" "$here" "$work" > "$work/prepared.txt" 2>&1 || { cat "$work/prepared.txt"; exit 70; }

wrong=0
# expect EXIT-CODE FOLDER COMMAND…
expect() {
  expected=$1
  cd "$work/$2" || exit 70
  shift 2
  echo "\$ $*"
  "$@"
  code=$?
  [ "$code" = "$expected" ] || { echo "expected exit code $expected, got $code"; wrong=1; }
  echo
}
echo "== the guide's recipe, each question answered with Enter"
expect 1 entered preflight certs inspect certificates
expect 1 entered preflight check .env.production --no-config --format text
echo "== the guide's recipe, with names of one's own"
expect 0 named preflight certs inspect certificates
expect 1 named preflight check .env.production --no-config --format text
echo "== the same, with files that both applications can read"
chmod 644 "$work/named/certificates/client-key.pem"
expect 1 named preflight check .env.production --no-config --format text
echo "== corrected"
expect 0 corrected preflight certs inspect certificates server --strict
expect 0 corrected preflight check .env.production --no-config --format text
exit "$wrong"
