"""The nouns everything else speaks in: settings, subjects, resources, facts, findings."""
