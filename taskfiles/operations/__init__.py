"""Use cases: one module for each, named like its command."""
