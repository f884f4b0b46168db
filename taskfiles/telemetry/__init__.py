"""What the tool did, as events: their payloads and models, the log, and what is handed on."""
