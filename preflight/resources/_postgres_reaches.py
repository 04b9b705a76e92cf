"""The words for who reaches a PostgreSQL server."""

from __future__ import annotations

# Nobody; services of the project, over networks without or with a way out; this machine; whoever is in a network that is not the
# project's own or spans machines; everybody.
REACHES = ("nobody", "internal", "project", "host", "shared", "published")
