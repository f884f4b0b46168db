"""What has changed in tasks over time, from git and from the clone's journal."""
