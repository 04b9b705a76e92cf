#!/bin/sh
# Does what the service's certificate manager does before a connection: reads client_cert, client_key and ca_cert from the
# secret at VAULT_CERT_PATH and writes them to files for libpq: fetch.sh FOLDER
# It needs VAULT_ADDR, VAULT_TOKEN, VAULT_CACERT and VAULT_CERT_PATH in its environment, and bao (vault takes the same words).
set -eu
umask 077 # libpq refuses a key that others may read
mkdir -p "$1"
for entry in client_cert:client.crt client_key:client.key ca_cert:ca.crt; do
  bao kv get -field="${entry%:*}" "$VAULT_CERT_PATH" > "$1/${entry#*:}.new"
  mv "$1/${entry#*:}.new" "$1/${entry#*:}"
done
