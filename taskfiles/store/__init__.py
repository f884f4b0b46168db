"""The disk: where a project is, its files, locks, claims, journal, recovery, index."""
