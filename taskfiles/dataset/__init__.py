"""Flat tables of tasks, attempts and events: what `tasks export` writes, and what engines read.

Derived from task files and the event log at any time; nothing in the store looks at them.
"""
