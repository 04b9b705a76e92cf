"""What the texts of settings mean: TLS versions, origins, addresses. Pure functions."""
