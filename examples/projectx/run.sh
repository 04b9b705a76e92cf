#!/bin/sh
# Judges projectx's database configuration as written and corrected, in a temporary folder that is removed at the end.
set -u
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 70
secret() { head -c "$1" /dev/urandom | od -An -tx1 | tr -d ' \n'; }
preflight certs create --out made --cn projectx.rds.internal --key-type ec-p256 > certs.txt || exit 70
mkdir -m 755 certificates
cp made/ca-cert.pem certificates/server-ca.pem
cp made/client-cert.pem certificates/client-cert.pem
cp made/client-key.pem certificates/client-key.pem
chmod 644 certificates/*

wrong=0
judge() {
  sed -e "s|@DB_PASSWORD@|$(secret 24)|" "$here/$1.env.template" > .env.production
  chmod 600 .env.production
  echo "== $1"
  preflight check .env.production --no-config --format text
  code=$?
  [ "$code" = "$2" ] || { echo "expected exit code $2, got $code"; wrong=1; }
  echo
}
judge as-written 1
chmod 600 certificates/client-key.pem
judge corrected 0
exit "$wrong"
