"""Sample views of what artists arrange."""

from dataclasses import replace

from markupsafe import Markup

from cara_fed.web.arranging_views import (
    AlbumChoice,
    AlbumEditPage,
    AlbumEntry,
    AlbumPage,
    AlbumsPage,
    ArrangedPost,
    PlacesPage,
    PortfolioPage,
)
from cara_fed.web.parts import FormView
from cara_fed.web.views import Head, Page
from tests.web.samples import BASE, MARA, page, picture, signed_in, tiles

HEAD = Head(f"{BASE}/@mara/albums/salt", f"{BASE}/users/mara/albums/salt", "Salt fields.")
LONG = "Wanderungen durch das Salzgartengebiet zwischen Guérande und Le Croisic, im Herbst und im Frühjahr darauf"
ORDER = (
    ArrangedPost("/@mara/1000", "Salt fields, late October", "1000", picture("salt")),
    ArrangedPost("/@mara/1001", LONG, "1001", picture("strip")),
    ArrangedPost("/@mara/1002", "مرسم", "1002"),
)


def arranging_pages() -> dict[str, tuple[object, Page]]:
    """Portfolio and albums, by a short name, each with its frame."""
    entries = (
        AlbumEntry("/@mara/albums/salt", "Salt", 12, replace(tiles("salt")[0], label="Salt")),
        AlbumEntry("/@mara/albums/long", LONG, 0),
    )
    choices = (AlbumChoice("salt", "Salt", True), AlbumChoice("long", LONG, False))
    refused = FormView({"new_album": "x"}, {"portfolio": "A portfolio holds at most 12 works. Take one out first."})
    words = FormView({"title": "Salt", "summary": "Four autumns."})
    return {
        "portfolio": (PortfolioPage(ORDER, 12), signed_in("/portfolio")),
        "portfolio-empty": (PortfolioPage((), 12, others=ORDER), signed_in("/portfolio")),
        "places": (PlacesPage(ORDER[0], True, True, choices), signed_in("/@mara/1000/arrange")),
        "places-refused": (PlacesPage(ORDER[1], False, True, choices, refused), signed_in("/@mara/1001/arrange")),
        "albums": (AlbumsPage(HEAD, MARA, entries), page("/@mara/albums")),
        "albums-own": (AlbumsPage(HEAD, MARA, is_own=True), signed_in("/@mara/albums")),
        "album": (AlbumPage(HEAD, MARA, LONG, Markup("<p>Four autumns.</p>"), tiles("salt", "fern")), page()),
        "album-own": (AlbumPage(HEAD, MARA, "Salt", is_own=True), signed_in("/@mara/albums/salt")),
        "album-edit": (
            AlbumEditPage("/@mara/albums/salt", "Salt", ORDER[:1], words, ORDER[1:]),
            signed_in("/@mara/albums/salt/edit"),
        ),
    }
