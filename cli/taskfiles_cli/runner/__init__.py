"""`tasks run` on a terminal: one task, many, a plan, what is seen meanwhile, how it stops."""
