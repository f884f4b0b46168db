"""Tasks together: relations, filters, readiness, ranking, plans; pure."""
