"""Where tasks come from: one module a tool, each a table of its keys and a few functions."""
