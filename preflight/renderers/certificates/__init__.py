"""What `preflight certs inspect` found, for people and for monitoring: renderers of `schemas/certificates.schema.json`."""
