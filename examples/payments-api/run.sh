#!/bin/sh
# Judges a good and a bad deployment of the payments API, and prints both reports.
# The deployments are made in a temporary folder that is removed at the end.
set -u
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
sh "$here/prepare.sh" "$here" "$work" || exit 70
cd "$work" || exit 70

echo "== a good deployment: preflight check .env.production"
preflight check .env.production --format text
good=$?
echo
echo "== a bad deployment: preflight check bad/.env.production"
preflight check bad/.env.production --format text
bad=$?
echo
echo "exit codes: good $good (0 = may start), bad $bad (1 = refused)"
[ "$good" = 0 ] && [ "$bad" = 1 ]
