"""Certificates and keys, read and judged as OpenSSL and libpq do. Imports `cryptography`, so it is imported only when used."""
