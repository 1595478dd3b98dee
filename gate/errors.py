"""The two ways a run can end without a verdict."""


class UsageError(Exception):
    """The user asked for something that cannot be; exit status 2.

    `hint` says what to do instead, in one sentence.
    """

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class ToolError(Exception):
    """A tool, a file or the network did not do its work; what it owed is UNKNOWN, never clean."""
