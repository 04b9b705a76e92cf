#!/bin/sh
# Makes projectx's configuration three times: prepare.sh TEMPLATES FOLDER
# In entered and named the certificates are made by the guide's recipe, without and with names; in corrected by corrected.sh.
# Every secret and key is generated here; nothing secret lies in the repository.
set -eu
templates=$(cd "$1" && pwd)
cd "$2"
mkdir entered named corrected
sh "$templates/as-written.sh" entered
sh "$templates/as-written.sh" named "ProjectX CA" projectx
sh "$templates/corrected.sh" corrected
for folder in entered:as-written named:as-written corrected:corrected; do
  password=$(head -c 24 /dev/urandom | od -An -v -tx1 | tr -d ' \n')
  sed -e "s|@DB_PASSWORD@|$password|" "$templates/${folder#*:}.env.template" > "${folder%:*}/.env.production"
  chmod 600 "${folder%:*}/.env.production"
done
