"""Use cases, one a module, named like their commands."""
