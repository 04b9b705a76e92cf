#!/bin/sh
# Makes a good and a bad deployment of the payments API: prepare.sh TEMPLATES FOLDER
# Every secret and key is generated here; nothing secret lies in the repository.
set -eu
templates=$1
cd "$2"
secret() { head -c "$1" /dev/urandom | base64 | tr -d '\n'; }

cp "$templates/preflight.yaml" .
preflight certs create --out certs --cn api.example.com --host payments.internal --key-type ec-p256 > certs.txt
sed -e "s|@DATABASE_PASSWORD@|$(secret 32)|" -e "s|@REDIS_PASSWORD@|$(secret 32)|" -e "s|@JWT_SECRET@|$(secret 48)|" \
  "$templates/good.env.template" > .env.production
chmod 600 .env.production
mkdir -p bad
sed -e "s|@SHORT@|$(secret 9)|" "$templates/bad.env.template" > bad/.env.production
chmod 644 bad/.env.production
