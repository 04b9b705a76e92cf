"""Reading documents that people write: YAML with the place of everything, and schemas to hold them against."""
