"""The command line: the only place that prints, and decides the exit code."""
