"""Certificates for people: made for development, and looked at anywhere. Loaded by `preflight certs` only, never at a start."""
