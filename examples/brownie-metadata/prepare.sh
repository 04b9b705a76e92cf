#!/bin/sh
# Makes the folder of each environment of brownie-metadata: prepare.sh TEMPLATES FOLDER
# Every key and token is generated here; nothing secret lies in the repository. KEY_TYPE is what keys to make (rsa-4096).
set -eu
templates=$(cd "$1" && pwd)
cd "$2"
secret() { head -c "$1" /dev/urandom | od -An -v -tx1 | tr -d ' \n'; }

# certificates FOLDER HOST: FOLDER as the certificate manager leaves it, and FOLDER.authority with all that was made.
certificates() {
  preflight certs create --out "$1.authority" --cn "$2" --client brownie-fastapi-server --key-type "${KEY_TYPE:-rsa-4096}"
  mkdir -m 700 "$1"
  cp "$1.authority/ca-cert.pem" "$1/ca.crt"
  cp "$1.authority/client-cert.pem" "$1/client.crt"
  (umask 077 && cat "$1.authority/client-key.pem" > "$1/client.key")
}

for environment in production first development test; do
  mkdir "$environment"
  cp "$templates/preflight.yaml" "$templates/brownie.rules.yaml" "$environment"
  sed -e "s|@VAULT_URL@|https://vault.internal:8200|" -e "s|@VAULT_TOKEN@|$(secret 24)|" -e "s|@DATABASE@|db-host:5432|" \
    "$templates/$environment.env.template" > "$environment/.env"
  chmod 600 "$environment/.env"
done
(cd production && certificates brownie-certs db-host)
(cd development && certificates dev-certs dev-db)
