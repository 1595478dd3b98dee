"""gate: a security gate for AI-generated diffs."""

__version__ = "0.1.0"
