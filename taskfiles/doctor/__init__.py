"""The checks of what is around the tasks: clone, project, environment."""
