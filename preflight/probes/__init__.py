"""Looking at the outside world: read-only, bounded, behind small ports that tests can replace."""
