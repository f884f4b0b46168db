"""The settings in tasks.toml."""
