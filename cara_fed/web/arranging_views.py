"""What the pages are made of on which artists arrange their work, and the albums that come of it."""

from dataclasses import dataclass, field

from markupsafe import Markup

from cara_fed.web.parts import NO_HTML, Byline, FormView, Picture, Tile
from cara_fed.web.views import Head


@dataclass(frozen=True, slots=True)
class ArrangedPost:
    """One post in an order. ``reference`` goes back with the form."""

    url: str
    label: str
    reference: str
    picture: Picture | None = None


@dataclass(frozen=True, slots=True)
class PortfolioPage:
    """``/portfolio``: what stands first, in its order; at most ``limit`` posts.

    ``others`` are the newest works that could be put in; the form's boxes are ``work-PK``.
    """

    posts: tuple[ArrangedPost, ...]
    limit: int
    form: FormView = field(default_factory=FormView)
    others: tuple[ArrangedPost, ...] = ()


@dataclass(frozen=True, slots=True)
class AlbumChoice:
    """An album that a post may be in."""

    slug: str
    title: str
    holds_it: bool


@dataclass(frozen=True, slots=True)
class PlacesPage:
    """``/@NAME/ID/arrange``: whether a post is in the portfolio, and in which albums.

    The form's fields: ``portfolio``, ``album-SLUG`` for each album and ``new_album``, the title of another.
    """

    post: ArrangedPost
    in_portfolio: bool
    may_be_in_portfolio: bool
    albums: tuple[AlbumChoice, ...] = ()
    form: FormView = field(default_factory=FormView)


@dataclass(frozen=True, slots=True)
class AlbumEntry:
    """An album in an artist's list; ``cover`` is None where nothing in it may be shown."""

    url: str
    title: str
    posts: int
    cover: Tile | None = None


@dataclass(frozen=True, slots=True)
class AlbumsPage:
    """``/@NAME/albums``. The form, which makes a new one, has the fields ``title`` and ``summary``."""

    head: Head
    byline: Byline
    albums: tuple[AlbumEntry, ...] = ()
    is_own: bool = False
    form: FormView = field(default_factory=FormView)


@dataclass(frozen=True, slots=True)
class AlbumPage:
    """``/@NAME/albums/SLUG``: the works of an album, in its order. ``summary`` is safe HTML."""

    head: Head
    byline: Byline
    title: str
    summary: Markup = NO_HTML
    works: tuple[Tile, ...] = ()
    is_own: bool = False


@dataclass(frozen=True, slots=True)
class AlbumEditPage:
    """``/@NAME/albums/SLUG/edit``: its name, what is said of it, its order, and ``others`` to be put in."""

    url: str
    title: str
    posts: tuple[ArrangedPost, ...]
    form: FormView = field(default_factory=FormView)
    others: tuple[ArrangedPost, ...] = ()
