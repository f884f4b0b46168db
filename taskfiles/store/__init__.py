"""The disk: where a project is, reading its files, locks, claims, journal and recovery."""
