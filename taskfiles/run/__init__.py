"""Running agents on tasks: prompt, process, gates, attempts, plans."""
