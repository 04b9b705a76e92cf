"""The report: everything a run says, in one versioned shape."""
