#!/bin/sh
# Judges each environment of brownie-metadata, in a temporary folder that is removed at the end. It asks no server; live.sh does.
set -u
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
sh "$here/prepare.sh" "$here" "$work" > "$work/prepared.txt" || exit 70

wrong=0
# judge EXIT-CODE FOLDER TITLE
judge() {
  echo "== $3"
  cd "$work/$2" || exit 70
  preflight check .env --format text
  code=$?
  [ "$code" = "$1" ] || { echo "expected exit code $1, got $code"; wrong=1; }
  echo
}
judge 0 production "production"
chmod 644 "$work/production/brownie-certs/client.key"
judge 1 production "production, with a key that was written without a thought for its mode"
judge 1 first "production, as first written"
judge 0 development "development"
judge 0 test "tests"
exit "$wrong"
