"""Sample views of what stands beside a work."""

from cara_fed.web.credit_views import CreditLine, CreditPage, CreditsPage
from cara_fed.web.making_views import AltPage, MakingLine, MakingPage, OfflinePage, ProposalLine
from cara_fed.web.views import Page
from tests.web.samples import NOON, PEOPLE, page, picture, post, signed_in, tiles

HASH = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
PATH = "/@mara/1000"


def making_pages() -> dict[str, tuple[object, Page]]:
    """The pages by a short name, each with its frame."""
    files = (
        MakingLine(1, "sketch", "The first of nine.", "sketch.jpg", HASH, "1.2 MB", NOON, True, picture("salt"), "/x"),
        MakingLine(2, "film", "", "a very long name of a film that shows everything.mp4", HASH, "58 MB", NOON, False),
    )
    work = post("salt", "fever")
    proposals = (ProposalLine(1, 2, PEOPLE[3], "خطوط قصيرة"), ProposalLine(2, 1, PEOPLE[1], "Ridges in haze."))
    lines = (
        CreditLine(1, PEOPLE[0], PATH, "Salt on slate", "ink and wash", "asked", tiles("salt")[0]),
        CreditLine(2, PEOPLE[3], PATH, "خطوط قصيرة", "حبر", "agreed", tiles("fever")[0], hangs=True),
        CreditLine(3, PEOPLE[1], PATH, "Words alone", "", "declined"),
    )
    return {
        "making": (MakingPage(work, PATH, files), page(f"{PATH}/making")),
        "making-own": (MakingPage(work, PATH, files, is_own=True), signed_in(f"{PATH}/making")),
        "making-none": (MakingPage(work, PATH), page(f"{PATH}/making")),
        "alt": (AltPage(work, PATH), signed_in(f"{PATH}/alt")),
        "alt-own": (AltPage(work, PATH, proposals, is_own=True), signed_in(f"{PATH}/alt")),
        "credits": (CreditsPage(lines), signed_in("/credits")),
        "credits-none": (CreditsPage(), signed_in("/credits")),
        "credit": (CreditPage(lines[0], "@theo@gallery.example", "/credits/1-0"), page("/credits/1-0")),
        "offline": (OfflinePage(), page("/offline")),
    }
