"""What the tool did, as events in a log of the clone: written only, and in nobody's way."""
