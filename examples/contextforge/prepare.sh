#!/bin/sh
# Makes the folder of a deployment, with certificates and an env file for each environment: prepare.sh TEMPLATES FOLDER
# Run it as root: the server's key must belong to the user of PostgreSQL in the container (70 in the alpine image).
# KEY_TYPE is what keys to make (rsa-4096).
set -eu
templates=$(cd "$1" && pwd)
cd "$2"
cp "$templates"/*.yaml .
cp -R "$templates/postgres" .
preflight certs create --out ssl --cn taskman-postgres --host database --client contextforge_prod --key-type "${KEY_TYPE:-rsa-4096}"
if [ "$(id -u)" = 0 ]; then
  chown 70 ssl/server-key.pem
fi
for environment in development staging production; do
  cp "$templates/$environment.env.template" ".env.$environment"
  chmod 600 ".env.$environment"
done
