"""The console script `tasks`: options in, answers and messages out; all else is the library's."""
