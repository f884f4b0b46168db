"""A file as text: fences, YAML with positions, Markdown sections, edits that keep every other byte."""
