"""What builds the published JSON Schemas and holds their version; `docs/generate.py` calls it."""
