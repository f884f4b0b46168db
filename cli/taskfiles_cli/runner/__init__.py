"""`tasks run` on a terminal: one task, a whole plan, what is seen meanwhile, how it stops."""
