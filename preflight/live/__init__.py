"""Live servers, asked what they really do: only with `--live`, with a timeout each, and nothing written anywhere."""
