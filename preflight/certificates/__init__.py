"""Certificates of one's own: a development CA and what it signs. Loaded by `preflight certs` only, never at a start."""
