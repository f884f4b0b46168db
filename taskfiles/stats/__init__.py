"""Figures over the recorded attempts; docs/reference/metrics.md defines each.

They are made of task files, and nothing in the store, the queue or a run looks at them.
"""
