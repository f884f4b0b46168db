"""What faces that stay open share: the backlog as last seen, what wakes them, the filter line."""
