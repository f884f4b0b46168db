"""Figures over the recorded attempts, each as docs/reference/metrics.md defines it.

They are made of task files, and nothing in the store, the queue or a run looks at them.
"""
