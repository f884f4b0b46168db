"""Several versions of a task become one."""
