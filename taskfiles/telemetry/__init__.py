"""What the tool did, as events in a log of the clone, and the sinks they go to."""
