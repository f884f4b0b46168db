"""Tasks together: relations, filters, readiness, ranking and plans; pure."""
