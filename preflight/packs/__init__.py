"""Rule packs: judgements as data."""
