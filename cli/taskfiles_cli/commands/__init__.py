"""One command, or one group, a module; each is a function of the same name."""
