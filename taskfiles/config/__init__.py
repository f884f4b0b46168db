"""The settings in tasks/tasks.toml."""
