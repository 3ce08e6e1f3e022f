"""Sample views: every page, with the names, scripts and shapes that break layouts. All people are invented."""

from datetime import UTC, datetime

from markupsafe import Markup

from activitypub.audience import Visibility
from activitypub.opt_out import OptOut, signals
from cara_fed.translate.structured import dump_for_script
from cara_fed.web.parts import (
    Byline,
    Credit,
    Entry,
    Link,
    OptOutBadge,
    Picture,
    Post,
    Source,
    Tile,
)
from cara_fed.web.views import (
    Alternate,
    ArtistEntry,
    FrontPage,
    Head,
    LanguageChoice,
    OpenGraph,
    Page,
    PostPage,
    ProfileField,
    ProfilePage,
    SignedIn,
)

BASE = "https://studio.example"
NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
EARLIER = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
LANGUAGES = (LanguageChoice("en", "English"), LanguageChoice("fr", "Français"))
SIGNALS = signals(OptOut.NO_AI_TRAINING, base_url=BASE, site_policy=OptOut.NO_AI_TRAINING)

# name: width, height, mean colour, blurhash, alt text
SHAPES = {
    "salt": (
        1800,
        1200,
        "#99a1a0",
        "LlI~3=a#jsbH~qa#WBWBIVWWR*ay",
        "Seven blue-grey ridges in haze, one behind another.",
    ),
    "fever": (1500, 1800, "#c5ae98", "L5N9:zK5-n_20LQ.9HItu4^5Hs=s", "Short curved strokes in red, blue and ochre."),
    "pine": (1100, 1650, "#d6d3cb", "LRPGW]IVt7ofM|RjWBRj~pfkt7of", "A pine in black ink with a red seal."),
    "dusk": (2100, 1000, "#755368", "LVE-k4s:jGjZ-WoeayWB0ybHW.WW", "Violet hills under a low pink sun."),
    "pears": (1600, 1200, "#7a745b", "LHE{F2~UtRX91*I[RkWWwMagskxC", "A pear, a tomato and an apple on a table."),
    "ivo": (1200, 1500, "#957367", "LVJ?d7^P^5$%}roLS3R+E2j[t5WV", "Portrait of Ivo, coral ground."),
    "tide": (1700, 1100, "#436371", "L49RhE%g01bv%2fjkCkXDiRk-:RQ", "Strokes in sea blue and cream."),
    "ochre": (1200, 1500, "#9a4e27", "LVIf0Gj@I=az~6fQNJWWJAfQoKaz", "Three soft fields: ochre, brick, wine."),
    "night-garden": (1600, 1067, "#203b42", "L84fp*twMlRRHYVctOt6jEfkWBV@", "Ferns at night."),
    "late": (1280, 1600, "#2c264c", "L95qrOoNS0S0S9axoMoMEGWUoMoM", "A lit city below a violet sky."),
    "plum": (1600, 1200, "#d5cfc4", "LOPP=UM|~p-;NGWBt7s:^+of9GRj", "A plum tree in ink."),
    "noor": (1100, 1400, "#867a6b", "LNG*[~%#P;Xm3qX8$Mni,poeVrR+", "Portrait of Noor, orange coat."),
    "still-water": (1300, 1300, "#3f5a67", "LJ8=WlfQMxay8xfktQj[ocfQfkay", "Two fields: deep blue over pale green."),
    "north": (1200, 1600, "#527575", "LQAxZ4RjW;oytnayWBWB4Ut7j?ae", "Green mountains with a cloud."),
    "garden": (1800, 1350, "#495d43", "L19kD|9i%f0gDl-WOBM{KM%wNF}[", "Pink and lime strokes on dark green."),
    "fern": (1200, 1700, "#7a8e60", "LbGJ1cD*xbRQ~WWTxaox?IazWAt7", "Ferns against cream paper."),
    "eggs": (1200, 1200, "#98999c", "LSIE|i_3xvof0hIpRjfk-ns:oLof", "A white egg and a brown one."),
    "moss": (384, 384, "#785d59", "LHHm=WvM?];^ItRQ-nNG8|rK]}w3", "Pixel art: a cave of bright pools."),
    "pano": (3000, 640, "#a7a2a8", "L$KnYvjtj@t6~qj[a|j[NGj[WBWB", "A panorama of pale mountains."),
    "strip": (720, 3600, "#7a7078", "LPG8i:%2?boeM{W;S~WV10R*WAay", "Five panels of a comic, from top to bottom."),
}

MARA = Byline("@mara@studio.example", "/@mara", "Mara Ilyés-Ødegård")
THEO = Byline("@theo@studio.example", "/@theo", "Theo", "/media/still-water-640.jpg")
PEOPLE = (
    MARA,
    THEO,
    Byline("@aiko@studio.example", "/@aiko", "佐藤 愛子"),
    Byline("@layla@studio.example", "/@layla", "ليلى المصري"),
    Byline("@noam@studio.example", "/@noam", "נועם בן־עמי"),
    Byline("@vera@studio.example", "/@vera", "Вера Соколова"),
    Byline("@eleni@studio.example", "/@eleni", "Ελένη Παπαδοπούλου"),
    Byline("@anjali@studio.example", "/@anjali", "अंजलि शर्मा"),
    Byline("@minjun@studio.example", "/@minjun", "김민준"),
    Byline("@somchai@studio.example", "/@somchai", "สมชาย ใจดี"),
    Byline("@ani@studio.example", "/@ani", "Անի Պետրոսյան"),
    Byline(
        "@wolfeschlegelsteinhausen_berger@studio.example",
        "/@wolfeschlegelsteinhausen_berger",
        "Wolfeschlegelsteinhausenbergerdorff the Elder of Grand Rapids",
    ),
    Byline("@plain@studio.example", "/@plain"),
)
BADGE = OptOutBadge(OptOut.NO_AI_TRAINING, "artist")


def picture(name: str, alt: str | None = None) -> Picture:
    """One of SHAPES."""
    width, height, color, blurhash, words = SHAPES[name]
    widths = sorted({min(640, width), min(1600, width)})
    sources = tuple(Source(f"/media/{name}-{640 if across <= 640 else 1600}.jpg", across) for across in widths)
    return Picture(sources, sources[-1].url, width, height, words if alt is None else alt, color, blurhash)


def tiles(*names: str, credited: bool = False) -> tuple[Tile, ...]:
    """Frames for a wall; every fifth is a post of several pictures."""
    return tuple(
        Tile(
            f"/@mara/{1000 + n}",
            picture(name),
            SHAPES[name][4],
            more=3 if n % 5 == 2 else 0,
            byline=PEOPLE[n % len(PEOPLE)] if credited else None,
        )
        for n, name in enumerate(names)
    )


def covered(name: str, words: str) -> Tile:
    """A frame whose picture is covered."""
    return Tile("/@mara/99", picture(name), words or "Covered work", cover=words)


def page(path: str = "/", **changes: object) -> Page:
    """The frame of a page, for a visitor."""
    plain = {
        "site_name": "The Salt Works",
        "domain": "studio.example",
        "path": path,
        "signals": SIGNALS,
        "languages": LANGUAGES,
    }
    return Page(**{**plain, "contact_email": "hello@studio.example", **changes})  # type: ignore[arg-type]


def signed_in(path: str, role: str = "artist", **changes: object) -> Page:
    """The frame of a page, for Mara."""
    return page(path, signed_in=SignedIn(MARA, role), csrf_token="a-token", **changes)  # type: ignore[arg-type]


def post(*names: str, cover: str | None = None, text: str = "", byline: Byline = MARA, **changes: object) -> Post:
    """A post by Mara."""
    words = text or (
        "<p>Salt fields, late October. Gouache on paper, 42 × 60 cm. Painted in four mornings from the dyke, before the"
        ' wind came up. <a href="/tags/gouache" rel="tag">#gouache</a></p>'
    )
    plain: dict[str, object] = {
        "url": f"{BASE}/@mara/1000",
        "object_id": f"{BASE}/users/mara/posts/1000",
        "byline": byline,
        "content": Markup(words),
        "published_at": NOON,
        "visibility": Visibility.PUBLIC,
        "cover": cover,
        "pictures": tuple(picture(name) for name in names),
        "opt_out": BADGE,
        "language": "en",
        "replies": 2,
        "likes": 1204,
        "announces": 1,
    }
    return Post(**{**plain, **changes})  # type: ignore[arg-type]


REPLIES = tuple(
    Entry(answer, 20 + n, origin_url=answer.url, depth=n)
    for n, answer in enumerate(
        (
            post(
                byline=Byline("@theo@gallery.example", "https://gallery.example/@theo", "Theo van der Meer"),
                text="<p>The haze! Did you glaze it, or is it the paper?</p>",
                url="https://gallery.example/@theo/1",
            ),
            post(
                byline=Byline("@layla@pictures.example", "https://pictures.example/@layla", "ليلى المصري"),
                text="<p>لوحة رائعة، الألوان هادئة جدا</p>",
                language="ar",
                url="https://pictures.example/@layla/2",
            ),
        )
    )
)
WALL = ("salt", "fever", "pine", "dusk", "pears", "ivo", "tide", "ochre", "night-garden", "late", "plum", "noor")
MANY = (*WALL, "still-water", "north", "garden", "fern", "eggs", "moss", "pano", "strip")


def front() -> FrontPage:
    """A collective with newest work and artists in many scripts."""
    return FrontPage(
        Head(f"{BASE}/", description="Eleven painters on the coast.", open_graph=OpenGraph("The Salt Works")),
        "Eleven painters, printmakers and illustrators who share a house by the sea and a wall on the web.",
        tiles(*WALL, "still-water", "north", credited=True),
        tuple(
            ArtistEntry(who, 3 + 17 * n, tiles(*(MANY[n : n + 3] if n != 4 else ()))) for n, who in enumerate(PEOPLE)
        ),
        tuple(
            Link(f"/tags/{n}", f"#{tag}") for n, tag in enumerate(("ink", "gouache", "水墨", "рисунок", "צבע", "salt"))
        ),
        "/?before=1000",
    )


def profile(tab: str = "portfolio", **changes: object) -> ProfilePage:
    """Mara's wall."""
    plain: dict[str, object] = {
        "head": Head(
            f"{BASE}/@mara",
            f"{BASE}/users/mara",
            "Painter of salt and fog.",
            "@mara@studio.example",
            OpenGraph("Mara", f"{BASE}/media/salt-640.jpg", "Ridges", 640, 427, "profile"),
            (Alternate("/@mara/feed.rss", "application/rss+xml", "Mara"),),
        ),
        "byline": MARA,
        "joined_at": EARLIER,
        "opt_out": BADGE,
        "tab": tab,
        "summary": Markup(
            "<p>Painter of salt, fog and the people who work in both. Gouache, ink, now and then a wall.</p>"
        ),
        "fields": (
            ProfileField("Shop", Markup('<a href="https://mara.example" rel="me">mara.example</a>'), verified=True),
            ProfileField("Commissions", Markup("Waiting list open until March")),
        ),
        "works": (*tiles(*MANY[:5]), covered("noor", "Nudity"), *tiles(*MANY[5:])),
        "posts": (
            post("salt", "pine", "dusk"),
            post("ivo", cover="Nudity"),
            post(text="<p>Open studio on Sunday.</p>"),
        ),
        "work_count": 61,
        "post_count": 1340,
        "follower_count": 12804,
        "following_count": 212,
        "older_url": "/@mara?before=1000",
    }
    return ProfilePage(**{**plain, **changes})  # type: ignore[arg-type]


def post_page(*names: str, cover: str | None = None, **changes: object) -> PostPage:
    """A post with its replies and neighbours."""
    head = Head(
        f"{BASE}/@mara/1000",
        f"{BASE}/users/mara/posts/1000",
        "Salt fields, late October.",
        "@mara@studio.example",
        image_objects=Markup(dump_for_script({"@context": "https://schema.org", "creditText": "</script>"})),
    )
    parts = {"credits": (Credit("Paper", "Mill of Saint-Armand", "https://paper.example"),), "edited_at": NOON}
    neighbours = (Link("/@mara/1001", "Fever, third state"), Link("/@mara/999", "The long pine above the harbour wall"))
    shown = post(*names, cover=cover, **parts)  # type: ignore[arg-type]
    return PostPage(
        **{"head": head, "post": shown, "replies": REPLIES, "newer": neighbours[0], "older": neighbours[1], **changes}
    )  # type: ignore[arg-type]
