"""Released agents, run headless against a scripted model's server, and what was recorded of each."""
