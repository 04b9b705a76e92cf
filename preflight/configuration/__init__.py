"""preflight's own configuration: what the project's file, the environment and the command line say, and who said it."""
