"""Samples of the pages of company: home, notifications, conversations, people of elsewhere."""

from dataclasses import replace

from markupsafe import Markup

from cara_fed.web.parts import (
    NO_HTML,
    Acts,
    Byline,
    Entry,
    FollowState,
    FormView,
    Link,
    Poll,
    PollOption,
    Quote,
    Reaction,
)
from cara_fed.web.social_views import (
    ActorPage,
    CirclePage,
    CirclesPage,
    FilterLine,
    FiltersPage,
    HistoryPage,
    HomePage,
    KeepingAwayPage,
    KeptAway,
    Member,
    MessagesPage,
    Notice,
    NotificationsPage,
    ReplyPage,
    ReportPage,
    SearchPage,
    ThreadPage,
    TimelinePage,
    Version,
)
from cara_fed.web.views import Page, ProfileField
from tests.web.samples import EARLIER, MANY, NOON, PEOPLE, THEO, page, post, signed_in, tiles

KEI = Byline("@kei@far.example", "/actors/7", "Kei Nakamura")
LAYLA = Byline("@layla@pictures.example", "/actors/8", "ليلى المصري")
KEI_ID = "https://far.example/users/kei"


GIVEN = (
    Reaction(Markup("❤"), "❤", 12),
    Reaction(Markup('<img class="emoji" src="/media/salt-640.jpg" alt=":a:">'), ":a:"),
)


VERSIONS = (Version(NOON, Markup("<p>Salt</p>"), "Blood", ("",)), Version(EARLIER, NO_HTML))


def company_pages() -> dict[str, tuple[object, Page]]:
    """Every page of company by a short name, with the frame around it."""
    no_one = FormView({"q": "@nobody@far.example"}, {"q": "@nobody@far.example could not be found: nobody there."})
    nothing = FormView({"text": ""}, {"text": "An answer needs words."})
    unsaid = FormView({}, {"content": "Say what is wrong: the moderators will ask."})
    kept = (KeptAway(KEI, KEI_ID, EARLIER), KeptAway(LAYLA, "https://pictures.example/users/layla", EARLIER))
    return {
        "home": (HomePage(entries(), "/home?before=9"), signed_in("/home", unread=3)),
        "local": (
            TimelinePage("local", (replace(entries()[0], filtered="spider"), *entries()[1:]), "/local?before=9"),
            signed_in("/local"),
        ),
        "bookmarks-empty": (TimelinePage("bookmarks"), signed_in("/bookmarks")),
        "circles": (
            CirclesPage((Link("/circles/1", "Printmakers"), Link("/circles/2", "אמנים"))),
            signed_in("/circles"),
        ),
        "circle": (
            CirclePage(
                *(Link("/circles/1", "Printmakers"), entries()[:2], None),
                (Member(KEI, KEI_ID, True), Member(LAYLA, "https://pictures.example/users/layla")),
            ),
            signed_in("/circles/1"),
        ),
        "filters": (
            FiltersPage((FilterLine(1, "spider", False, NOON), FilterLine(2, "عنكبوت", True))),
            signed_in("/settings/filters"),
        ),
        "home-empty": (HomePage(follows_somebody=False), signed_in("/home")),
        "messages": (MessagesPage(entries()[1:3]), signed_in("/messages")),
        "notifications": (notifications(), signed_in("/notifications", unread=120)),
        "notifications-empty": (NotificationsPage(), signed_in("/notifications")),
        "search": (SearchPage(no_one, reaches_elsewhere=True), signed_in("/search")),
        "search-nothing": (SearchPage(FormView({"q": "heron"})), page("/search")),
        "search-found": (
            SearchPage(FormView({"q": "salt"}), (THEO, LAYLA), tiles(*MANY[:4]), (post(),), "/search?q=salt&before=9"),
            page("/search"),
        ),
        "actor": (actor(), signed_in("/actors/7")),
        "thread": (ThreadPage(entries()[0], entries()[1:2], entries()[2:]), signed_in("/posts/12")),
        "reply": (ReplyPage(entries()[2], form=nothing), signed_in("/posts/14/reply")),
        "post-history": (HistoryPage(KEI, "/posts/12", VERSIONS), signed_in("/posts/12/history")),
        "quote": (ReplyPage(entries()[0], "quote", must_ask=True), signed_in("/posts/12/quote")),
        "report": (ReportPage(KEI, KEI_ID, "far.example", 12, entries()[0].post, unsaid), signed_in("/report")),
        "settings-people": (KeepingAwayPage(kept, kept[:1]), signed_in("/settings/people")),
    }


def entries() -> tuple[Entry, ...]:
    """Posts from here and elsewhere, with pictures, a cover, a film, in two directions of writing."""
    covered = post(MANY[3], cover="Blood, painted", byline=LAYLA, url="/posts/13", visibility="followers")
    arabic = post(byline=LAYLA, text="<p>لوحة رائعة، الألوان هادئة جدا</p>", language="ar", url="/posts/14")
    return (
        Entry(
            post(
                *MANY[:3], byline=KEI, url="/posts/12", edited_at=NOON, history_url="/posts/12/history", reactions=GIVEN
            ),
            12,
            Acts(12, KEI_ID, "/home", liked=True, announced=True),
            announced_by=THEO,
            origin_url="https://far.example/@kei/12",
            films=(Link("https://far.example/film.mp4", "The press at work, 40 seconds"),),
        ),
        Entry(covered, 13, Acts(13, "https://pictures.example/users/layla", "/home", may_announce=False)),
        Entry(
            arabic, 14, Acts(14, "https://pictures.example/users/layla", "/home"), answers=Link("/@mara/1000", "@mara")
        ),
        Entry(post(MANY[4]), 15, Acts(15, "https://studio.example/users/mara", "/home", is_own=True), depth=4),
        Entry(
            post(text="<p>Look at this</p>", quote=Quote("/@mara/1000", post(*MANY[:2]))),
            16,
            Acts(16, KEI_ID, "/home", quotes_you="accepted"),
            depth=1,
        ),
        Entry(post(text="<p>Which?</p>", poll=poll(may_vote=True)), 18, Acts(18, KEI_ID, "/home")),
        Entry(post(text="<p>Which?</p>", poll=poll(multiple=True, is_closed=True)), 19, Acts(19, KEI_ID, "/home")),
        Entry(post(text="<p>And this</p>", quote=Quote("https://far.example/@kei/1", is_waiting=True)), 17),
    )


def poll(**changes: object) -> Poll:
    """A poll with an answer that is longer than a phone is wide, and one that was chosen."""
    options = (PollOption("Ink" * 33, 1204, 67), PollOption("زيت", 600, 33, is_own=True))
    return Poll(**{"pk": 18, "options": options, "voters": 1804, "ends_at": NOON, **changes})  # type: ignore[arg-type]


def notifications() -> NotificationsPage:
    """One of each kind, the newest unread."""
    kinds = ("follow", "follow_request", "mention", "reply", "like", "announce", "edit", "report", "quote", "poll")
    about = Link("/@mara/1000", "Salt fields, late October. Gouache on paper, 42 × 60 cm.")
    told = [
        Notice(kind, KEI_ID, (KEI, LAYLA, *PEOPLE)[n], NOON, n < 3, about if n > 1 else None, may_answer=n == 1)
        for n, kind in enumerate(kinds)
    ]
    cut = [Notice(kind, KEI_ID, KEI, EARLIER, False, side="follower") for kind in ("follow_lost", "follow_back")]
    asks = Notice("quote_request", KEI_ID, KEI, EARLIER, False, about, quote_pk=7)
    words = Notice("report", KEI_ID, KEI, EARLIER, False, words="This is my own picture, sold as theirs.")
    return NotificationsPage((*told, *cut, asks, words), "/notifications?before=1", 3, 99)


def actor() -> ActorPage:
    """Somebody who moved, is muted and follows back."""
    return ActorPage(
        KEI,
        KEI_ID,
        "https://far.example/@kei",
        "/actors/7",
        Markup("<p>Woodcuts and letters from the north.</p>"),
        (ProfileField("Shop", Markup('<a href="https://kei.example">kei.example</a>')),),
        FollowState.PENDING,
        is_muted=True,
        follows_back=True,
        moved_to=Link("/actors/9", "@kei@new.example"),
        entries=entries()[:1],
    )
