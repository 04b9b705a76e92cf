#!/bin/sh
# Makes two deployments, a good one and the guide's as written: prepare.sh TEMPLATES FOLDER
# Every secret and key is generated here; nothing secret lies in the repository. KEY_TYPE is what keys to make (rsa-4096).
# Run it as root: a file that a container reads must belong to the user in it (999 in postgres, 10001 in the backend).
set -eu
templates=$(cd "$1" && pwd)
cd "$2"
hexadecimal() { head -c "$1" /dev/urandom | od -An -v -tx1 | tr -d ' \n'; }
base64_text() { head -c "$1" /dev/urandom | base64 | tr -d '\n'; }

cp "$templates/docker-compose.prod.yml" "$templates/.env.production.example" .
cp -R "$templates/postgres" .
preflight certs create --out ssl --cn postgres --client dart_cloud --org ContainerPub --key-type "${KEY_TYPE:-rsa-4096}"
if [ "$(id -u)" = 0 ]; then
  chown 999 ssl/server-key.pem
  chown 10001 ssl/client-key.pem
fi
sed -e "s|^POSTGRES_PASSWORD=.*|POSTGRES_PASSWORD=$(hexadecimal 32)|" -e "s|^JWT_SECRET=.*|JWT_SECRET='$(base64_text 48)'|" \
  .env.production.example > .env.production
chmod 600 .env.production

# As the guide says: nobody gives the server's key to user 999, the password is base64 (half of them have a slash, as this
# one), and so is the JWT secret: 88 characters on two lines, as openssl prints them (a second line with / or + would make
# Compose refuse the file).
mkdir as-written
cp "$templates/as-written.compose.yml" as-written/docker-compose.prod.yml
preflight certs create --out as-written/ssl --cn postgres --client dart_cloud --days 3650 --key-type "${KEY_TYPE:-rsa-4096}"
password=
until [ "${password#*/}" != "$password" ]; do password=$(base64_text 32); done
second=/
until [ "${second#*[/+]}" = "$second" ]; do
  long=$(base64_text 64)
  second=${long#"${long%????????????????????????}"}
done
printf 'ENVIRONMENT=production\nPOSTGRES_USER=dart_cloud\nPOSTGRES_DB=dart_cloud\nPOSTGRES_PASSWORD=%s\nJWT_SECRET=%s\n%s\n' \
  "$password" "${long%"$second"}" "$second" > as-written/.env.production
chmod 600 as-written/.env.production
