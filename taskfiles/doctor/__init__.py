"""What is around the tasks: clone, project and environment, checked and repaired."""
