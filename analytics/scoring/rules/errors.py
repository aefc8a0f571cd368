"""What training and reading of a model refuse; each carries a code and the words it names."""


class ScoringRefusedError(ValueError):
    """A refusal with a code that the pages translate and the names it speaks of."""

    def __init__(self, code: str, **names: object) -> None:
        self.code = code
        self.names = names
        said = ", ".join(f"{key} {value}" for key, value in names.items())
        super().__init__(f"{code}: {said}" if said else code)


class CannotTrainError(ScoringRefusedError):
    """These rows cannot be learned from."""


class BrokenModelError(ScoringRefusedError):
    """The stored model cannot be read, or is not the one that was stored."""
