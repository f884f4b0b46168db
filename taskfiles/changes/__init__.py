"""Changes of task files: each is drafted, checked, written to disk and recorded in the journal."""
