"""A file as text: fences, YAML with positions, Markdown sections, and lossless edits of them."""
