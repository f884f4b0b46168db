"""Data in, text out: streams, colour, tables, details."""
