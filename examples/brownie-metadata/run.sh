#!/bin/sh
# Judges the four configurations of brownie-metadata, each in a temporary folder that is removed at the end.
set -u
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 70
secret() { head -c "$1" /dev/urandom | od -An -tx1 | tr -d ' \n'; }
preflight certs create --out certs --cn db-host --key-type ec-p256 > certs.txt || exit 70

wrong=0
for mode in production:0 first:1 development:0 test:0; do
  name=${mode%:*}
  mkdir -p "$name"
  sed -e "s|@VAULT_TOKEN@|$(secret 24)|" -e "s|@DEV_PASSWORD@|$(secret 16)|" "$here/$name.env.template" > "$name/.env"
  chmod 600 "$name/.env"
  echo "== $name"
  preflight check "$name/.env" --no-config --format text
  code=$?
  [ "$code" = "${mode#*:}" ] || { echo "expected exit code ${mode#*:}, got $code"; wrong=1; }
  echo
done
exit "$wrong"
