"""What the caller gave: the words of the command line and their values, and where the process stands."""
