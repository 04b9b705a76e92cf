"""preflight: the gate that decides whether a production service may start."""

__version__ = "0.1.0"
