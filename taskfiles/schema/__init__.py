"""The published JSON Schemas, and what builds them."""
