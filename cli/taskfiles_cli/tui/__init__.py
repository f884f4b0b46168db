"""The board on a terminal: columns that draw themselves, dialogs, keys; live, and nothing overwritten."""
