"""One module for each command: `run` takes the parsed options and returns the exit code."""
