"""What stops an evaluation, in words for the command line."""


class EvaluationError(Exception):
    """The files do not fit together; the message says what to change."""
