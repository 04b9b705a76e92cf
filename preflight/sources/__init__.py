"""Where configuration lives: from paths and the process environment to subjects."""
