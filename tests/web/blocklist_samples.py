"""Sample views of the blocklist's pages."""

from cara_fed.web.blocklist_views import (
    AnsweredAppeal,
    AppealPage,
    AppealsPage,
    DeedView,
    HeldCut,
    HeldListsPage,
    HeldListView,
    HistoryPage,
    ListedEntry,
    OpenAppeal,
    ScraperPage,
    ScrapersPage,
    SeveredFollow,
    SeveredFollowsPage,
)
from cara_fed.web.parts import FormView
from cara_fed.web.views import Head
from tests.web.samples import BASE, EARLIER, NOON

PATH = "/blocklists/ai-scrapers"
REASON = "Sells data sets of artists’ work; says so on its own front page."
ENTRY = ListedEntry(
    "harvester.example",
    f"{PATH}/harvester.example",
    "training-harvest",
    "reject",
    REASON,
    EARLIER,
    ("https://archive.example/1",),
    NOON,
)
ACTOR = ListedEntry(
    "https://social.example/users/a-very-long-name-that-has-no-place-to-break-at-all",
    f"{PATH}/116000000000000001",
    "alias",
    "filter",
    "مرآة للموقع الأول",
    EARLIER,
)
ENDED = ListedEntry("gone.example", f"{PATH}/gone.example", "bulk-archive", "drop", REASON, EARLIER, ended_at=NOON)


def scrapers() -> ScrapersPage:
    """The list with a domain and an actor, and more to come."""
    return ScrapersPage(Head(f"{BASE}{PATH}"), (ENTRY, ACTOR), 1234, f"{PATH}?from=200")


def scraper() -> ScraperPage:
    """An entry that was appealed against."""
    appeals = (
        AnsweredAppeal(EARLIER, "refused", "The data set is still for sale.", NOON),
        AnsweredAppeal(NOON, "open"),
    )
    return ScraperPage(Head(f"{BASE}{ENTRY.url}"), ENTRY, appeals)


def ended_scraper() -> ScraperPage:
    """One that was taken back after an appeal."""
    granted = AnsweredAppeal(EARLIER, "granted", "It was deleted; thank you.", NOON)
    return ScraperPage(Head(f"{BASE}{ENDED.url}"), ENDED, (granted,))


def appeal() -> AppealPage:
    """The form, sent without words."""
    return AppealPage(
        ENTRY, FormView({"contact": "@ops@harvester.example"}, {"content": "Say why the entry is wrong."})
    )


def appeals() -> AppealsPage:
    """Two that wait, one of them answered without words."""
    waiting = (
        OpenAppeal(1, ENTRY.key, ENTRY.url, "We stopped in March.", "ops@harvester.example", EARLIER),
        OpenAppeal(2, ACTOR.key, ACTOR.url, "This is not us.", "", NOON),
    )
    return AppealsPage(waiting, FormView({"appeal": "1", "answer": ""}, {"answer": "Give an answer."}))


def held_lists() -> HeldListsPage:
    """A list that would cut follows, and one that would not."""
    keys = ("harvester.example", "a-very-long-name-that-has-no-place-to-break-at-all.far.example")
    source = "https://lists.example/ai-scrapers.csv"
    full = HeldListView(source, NOON, keys, keys[:1], keys[1:], 120, 1, 1, (HeldCut("mara", 12, 3, 1),))
    return HeldListsPage((full, HeldListView("https://other.example/list", EARLIER, keys, added_count=2)))


def history() -> HistoryPage:
    """A deed of an admin's, and one that the instance did by itself."""
    return HistoryPage(
        (
            DeedView("ada", "list", "harvester.example", f"reject: {REASON}", NOON),
            DeedView(
                "", "refresh", "https://lists.example/ai-scrapers.csv", "3 added, 0 changed, 1 retracted", EARLIER
            ),
        ),
        "/admin/history?before=1",
    )


def severed_follows() -> SeveredFollowsPage:
    """One of each kind."""
    why = ("harvester.example", REASON, NOON)
    return SeveredFollowsPage(
        (
            SeveredFollow("https://harvester.example/users/bot", "follower", "suspended", *why),
            SeveredFollow(ACTOR.key, "follower", "rejected", *why),
            SeveredFollow("https://harvester.example/users/kei", "following", "accepted", "", "", EARLIER),
        ),
        "/settings/blocked-follows?before=1",
    )
