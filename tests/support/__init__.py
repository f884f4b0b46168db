"""What several tests share: projects, agents, browsers, receivers, strategies, reference implementations."""
