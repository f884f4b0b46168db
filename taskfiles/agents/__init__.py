"""What coding agents print, read as attempts; one module an agent, pure."""
