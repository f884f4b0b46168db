"""Charts of what was recorded, with their tables and sentences, on one page.

A source makes a `material.Material`; everything after that sees nothing else.
"""
