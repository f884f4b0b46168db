"""The version, apart from all else: what needs it need not import the public names."""

__version__ = "0.1.0"
