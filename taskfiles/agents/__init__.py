"""What coding agents print, read as attempts: one small module an agent; pure."""
