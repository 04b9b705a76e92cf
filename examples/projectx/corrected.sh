#!/bin/sh
# The guide's recipe, corrected: corrected.sh FOLDER
# FOLDER/certificates has what the applications read, FOLDER/server what the database reads, FOLDER/authority the CA's key,
# which no server needs: keep it elsewhere.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
umask 077
cd "$1"
mkdir authority certificates server

openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out authority/ca-key.pem
openssl req -new -x509 -config "$here/corrected.cnf" -extensions ca -sha256 -days 1825 -subj "/O=ProjectX/CN=ProjectX database CA" \
  -key authority/ca-key.pem -out certificates/server-ca.pem

# issue SECTION NAME KEY CERTIFICATE: the name of a client is the role that it connects as.
issue() {
  openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$3"
  openssl req -new -config "$here/corrected.cnf" -subj "/O=ProjectX/CN=$2" -key "$3" -out authority/request.csr
  openssl x509 -req -in authority/request.csr -CA certificates/server-ca.pem -CAkey authority/ca-key.pem -CAserial authority/serial \
    -CAcreateserial -sha256 -days 365 -extfile "$here/corrected.cnf" -extensions "$1" -out "$4"
}
issue client projectx certificates/client-key.pem certificates/client-cert.pem
issue server projectx-db.internal server/server-key.pem server/server-cert.pem
cp certificates/server-ca.pem server/server-ca.pem
chmod 755 certificates
chmod 644 certificates/server-ca.pem certificates/client-cert.pem server/server-ca.pem server/server-cert.pem
