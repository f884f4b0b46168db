"""`tasks stats` on a terminal: of task files, of a dataset, and the alerts on both."""
