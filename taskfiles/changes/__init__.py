"""The one way to the disk: a draft, its checks, its bytes, and their commit."""
