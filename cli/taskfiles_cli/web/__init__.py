"""The board in a browser: pages made here, a guard before them, nothing from anywhere else."""
