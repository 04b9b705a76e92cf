"""What PostgreSQL client settings mean: connection strings, TLS modes, settings split over several variables.

Pure functions over texts: nothing here reads a file, the process environment or the network, and nothing loads a
driver. Behaviour follows libpq 18 (https://www.postgresql.org/docs/current/libpq-connect.html) and, where a driver
reads the same text differently, that driver's own parser.
"""
