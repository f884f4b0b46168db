"""Flat tables of tasks, attempts and events, which `tasks export` writes and engines read.

Derived from task files and the event log at any time; nothing in the store looks at them.
"""
