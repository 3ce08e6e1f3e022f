"""Why a picture was not taken: one class per thing a caller can decide on, one sentence each that tells what to do."""

from cara_fed.errors import CaraFedError


class PictureRefused(CaraFedError):
    """The picture was not processed; the message is one sentence fit for the artist."""


class NotAPicture(PictureRefused):
    """The bytes are no picture format that is read here."""


class TooManyBytes(PictureRefused):
    """The file, or something compressed within it, is larger than the limits allow."""


class TooManyPixels(PictureRefused):
    """The picture has more pixels than the limits allow."""


class TooManyFrames(PictureRefused):
    """The animation has more frames, or more pixels over all frames, than the limits allow."""


class BrokenPicture(PictureRefused):
    """The file is cut off or damaged."""


class TooSlow(PictureRefused):
    """Processing took longer than the limits allow and was stopped."""


class TooMuchMemory(PictureRefused):
    """Processing needed more memory than the picture process may have."""


class PictureProcessDied(PictureRefused):
    """The process that worked on the picture ended without an answer."""


class CloakUnavailable(PictureRefused):
    """A cloak was asked for that cannot be made here; nothing is published without it."""
