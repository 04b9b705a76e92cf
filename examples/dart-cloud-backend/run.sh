#!/bin/sh
# Judges the deployment and the guide's as written, in a temporary folder that is removed at the end.
set -u
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
sh "$here/prepare.sh" "$here" "$work" > "$work/prepared.txt" || exit 70
cd "$work" || exit 70

echo "== the deployment: preflight check -f docker-compose.prod.yml --env-file .env.production"
preflight check -f docker-compose.prod.yml --env-file .env.production --format text
good=$?
echo
cd as-written || exit 70
echo "== the guide as written: the same command in as-written"
preflight check -f docker-compose.prod.yml --env-file .env.production --format text
bad=$?
echo
echo "exit codes: the deployment $good (0 = may start), as written $bad (1 = refused)"
[ "$good" = 0 ] && [ "$bad" = 1 ]
