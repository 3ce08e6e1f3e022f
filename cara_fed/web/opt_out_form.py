"""The fields about AI, licences and how a work was made, on whichever form they stand."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from activitypub.opt_out import OptOut
from cara_fed.translate.rights import DIGITAL_SOURCES, LICENSES
from cara_fed.web.forms import FormReader, read_opt_out
from cara_fed.words.speech import _

NO_LICENSE: Final = "none"
"""What the field ``license`` holds for all rights reserved; empty is left to the artist's choice for all work."""


@dataclass(frozen=True, slots=True)
class OptOutForm:
    """What an artist says of all their work, by the names of Profile's fields."""

    opt_out: OptOut | None
    license: str | None
    acquire_license_page: str | None
    states_opt_out: bool
    tags_no_ai: bool


def read_opt_out_form(fields: Mapping[str, str]) -> OptOutForm:
    """Fields ``opt_out`` (empty follows the instance), ``license``, ``acquire_license_page`` and two boxes."""
    reader = FormReader(fields)
    form = OptOutForm(
        opt_out=read_opt_out(reader),
        license=read_license(reader) or None,
        acquire_license_page=_read_address(reader, "acquire_license_page"),
        states_opt_out=reader.flag("states_opt_out"),
        tags_no_ai=reader.flag("tags_no_ai"),
    )
    reader.finish()
    return form


def read_license(reader: FormReader) -> str | None:
    """Field ``license``: an address, empty for all rights reserved, None where it is left to the artist's choice."""
    chosen = reader.fields.get("license", "")
    if chosen and chosen != NO_LICENSE and chosen not in LICENSES:
        reader.refuse("license", _("Choose one of these."))
    return "" if chosen == NO_LICENSE else chosen or None


def read_digital_source(reader: FormReader) -> str:
    """Field ``digital_source_type``: an address of IPTC's, empty where nothing is said."""
    chosen = reader.fields.get("digital_source_type", "")
    if chosen and chosen not in DIGITAL_SOURCES:
        reader.refuse("digital_source_type", _("Choose one of these."))
    return chosen


def _read_address(reader: FormReader, name: str) -> str | None:
    address = reader.line(name, limit=2048)
    if address and not address.startswith(("https://", "http://")):
        reader.refuse(name, _("An address begins with https://."))
    return address or None
