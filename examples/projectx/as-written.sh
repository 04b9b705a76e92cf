#!/bin/sh
# The guide's recipe, each command as it stands there, in the folder certificates: as-written.sh FOLDER [CA-NAME CLIENT-NAME]
# openssl asks seven questions about a subject; the names answer "Common Name". Without names each question is answered with
# Enter, as the guide, which does not speak of them, leaves one to do.
set -eu
mkdir "$1/certificates"
cd "$1/certificates"
answers() { printf '\n\n\n\n\n%s\n\n\n\n' "${1-}"; }

# Generate CA key and certificate
openssl genrsa -out server-ca-key.pem 2048
answers "${2-}" | openssl req -new -x509 -nodes -days 365 -key server-ca-key.pem -out server-ca.pem

# Generate client key and certificate
openssl genrsa -out client-key.pem 2048
answers "${3-}" | openssl req -new -key client-key.pem -out client-cert.csr
openssl x509 -req -in client-cert.csr -CA server-ca.pem -CAkey server-ca-key.pem -CAcreateserial -out client-cert.pem -days 365
