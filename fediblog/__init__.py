"""fediblog: a blog whose comments are the fediverse."""

__version__ = "0.1.0"
