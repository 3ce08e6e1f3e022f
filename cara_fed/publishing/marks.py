"""Marks on an artist's pictures: what they want in general, what a post says of its own, and a number for each."""

import random
from dataclasses import dataclass, replace

from cara_fed.protection.cloak.levels import Cloak
from cara_fed.protection.values import InvisibleMark, MarkLayout, ProtectionRequest, VisibleMark
from cara_fed.publishing.drafts import MarkChoice
from cara_fed.services import Services
from storage.artists import Artist

MAX_MARK_TEXT = 80
MAX_LOGO_BYTES = 512 * 1024
DEFAULT_OPACITY = 40

_NUMBERS_TO_CHOOSE_FROM = 16_384  # the more there are, the better one of them fits the picture by itself
_LARGEST_NUMBER = (1 << 20) - 1


@dataclass(frozen=True, slots=True)
class MarkWishes:
    """What an artist wants on all their pictures. ``logo`` is a file in base64; ``invisible`` None: as the instance."""

    is_visible: bool = False
    layout: MarkLayout = MarkLayout.CORNER
    text: str = ""
    logo: str = ""
    opacity: int = DEFAULT_OPACITY
    invisible: bool | None = None

    @property
    def can_be_drawn(self) -> bool:
        """Whether there is anything to draw."""
        return bool(self.text or self.logo)


def read_wishes(artist: Artist) -> MarkWishes:
    """An artist's wishes as they are kept."""
    kept = artist.marks
    return MarkWishes(
        is_visible=bool(kept.get("visible")),
        layout=MarkLayout(kept.get("layout", MarkLayout.CORNER)),
        text=str(kept.get("text", "")),
        logo=str(kept.get("logo", "")),
        opacity=int(kept.get("opacity", DEFAULT_OPACITY)),
        invisible=kept.get("invisible"),
    )


async def keep_wishes(services: Services, artist: Artist, wishes: MarkWishes) -> None:
    """Let this be what the artist wants from now on; what is published already stays as it is."""
    async with services.database.unit_of_work() as records:
        row = await records.artists.get_by_pk(artist.pk)
        row.marks = {
            "visible": wishes.is_visible,
            "layout": wishes.layout.value,
            "text": wishes.text,
            "logo": wishes.logo,
            "opacity": wishes.opacity,
            "invisible": wishes.invisible,
        }


async def mark_request(
    services: Services, artist: Artist, request: ProtectionRequest, choice: MarkChoice
) -> ProtectionRequest:
    """The request with the marks that the artist wants on this picture; one protected already is left alone."""
    planned = plan_marks(services, artist, request, choice)
    if planned.invisible_mark is None:
        return planned
    return replace(planned, invisible_mark=replace(planned.invisible_mark, numbers=await _draw_numbers(services)))


def plan_marks(services: Services, artist: Artist, request: ProtectionRequest, choice: MarkChoice) -> ProtectionRequest:
    """The same, before a number is found for the mark that nobody sees."""
    if request.cloak == Cloak.GLAZED:
        return request
    visible, is_wanted = choose_visible_mark(artist, choice), _wants_invisible_mark(services, artist, choice)
    invisible = InvisibleMark(services.mark_key.hex(), ()) if is_wanted else None
    return replace(request, visible_mark=visible, invisible_mark=invisible)


def choose_visible_mark(artist: Artist, choice: MarkChoice) -> VisibleMark | None:
    """The mark to be seen; None where none is wanted, or nothing can be drawn."""
    wishes = read_wishes(artist)
    is_wanted = wishes.is_visible if choice.visible is None else choice.visible
    if not is_wanted or not wishes.can_be_drawn:
        return None
    return VisibleMark(wishes.text, wishes.logo, wishes.layout, wishes.opacity)


def _wants_invisible_mark(services: Services, artist: Artist, choice: MarkChoice) -> bool:
    wished = read_wishes(artist).invisible
    wanted = choice.invisible if choice.invisible is not None else wished
    return services.config.protection.invisible_mark if wanted is None else wanted


async def _draw_numbers(services: Services) -> tuple[int, ...]:
    """Numbers that no picture has yet."""
    drawn = random.SystemRandom().sample(range(_LARGEST_NUMBER + 1), _NUMBERS_TO_CHOOSE_FROM)
    async with services.database.reading() as records:
        taken = await records.attachments.find_taken_marks(drawn)
    free = tuple(number for number in drawn if number not in taken)
    return free or tuple(drawn)
