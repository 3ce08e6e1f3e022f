"""What can go wrong for the person at the keyboard or in the browser: one class per thing a caller can decide on."""


class CaraFedError(Exception):
    """A refusal or failure that is told to a person in one clear sentence."""


class ConfigError(CaraFedError):
    """instance.toml cannot be used; ``mistakes`` has one line each, ``FILE: dotted.key: what is wrong``."""

    def __init__(self, mistakes: tuple[str, ...]) -> None:
        super().__init__("\n".join(mistakes))
        self.mistakes = mistakes


class NotAllowed(CaraFedError):
    """This person may not do that."""


class NotFound(CaraFedError):
    """There is no such thing here."""


class InvalidInput(CaraFedError):
    """What was given cannot be used; the sentence says what to change."""
