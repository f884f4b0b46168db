"""The one way to the disk: a draft becomes bytes, and the bytes are committed."""
