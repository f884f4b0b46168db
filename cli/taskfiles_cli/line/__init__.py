"""The command line: its options, how their values are read, its help and contract."""
