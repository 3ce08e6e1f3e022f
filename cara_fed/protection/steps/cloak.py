"""Step 10: the cloak, asked for by name. Until one can be made here, asking for it stops the picture."""

from cara_fed.protection.errors import CloakUnavailable
from cara_fed.protection.picture import Picture
from cara_fed.protection.values import ReportLine


def cloak(picture: Picture) -> tuple[Picture, ReportLine]:
    """Raises CloakUnavailable: nothing is let through uncloaked that was asked to be cloaked."""
    if picture.request.cloak != "off":
        raise CloakUnavailable(f'The cloak "{picture.request.cloak}" is not available here; choose "off".')
    return picture, ReportLine("cloak", "No cloak was asked for; the pixels are the artist's own.", {"cloak": "off"})
