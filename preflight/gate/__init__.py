"""One run of the gate: from what was asked to a report, without printing anything."""
