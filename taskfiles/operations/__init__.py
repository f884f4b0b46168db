"""One use case a module, named like its command."""
