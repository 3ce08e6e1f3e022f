"""Sample views of the admin's rooms."""

from activitypub.opt_out import OptOut
from cara_fed.web.evidence_views import CameFor, FetchedPicture, PostEvidencePage, WasSent, WentTo
from cara_fed.web.studio_views import (
    BlocklistEntry,
    BlocklistPage,
    CrawlersPage,
    CrawlerVisits,
    DeliveriesPage,
    Invitation,
    Member,
    MembersPage,
    PeerHost,
    PostOptOutPage,
    Subscription,
    ToldChange,
    ToldStatement,
)
from tests.web.samples import BASE, EARLIER, NOON, PEOPLE, post_page


def blocklist() -> BlocklistPage:
    """Own entries, subscribed ones, one allowed."""
    own = BlocklistEntry(
        "harvester.example",
        "domain",
        "training-harvest",
        "reject",
        "Sells data sets of artists’ work; says so on its own front page.",
        NOON,
        evidence=("https://archive.example/1",),
        hits=12480,
        last_hit_at=NOON,
    )
    actor = BlocklistEntry(
        "https://social.example/users/quiet-mirror",
        "actor",
        "alias",
        "drop",
        "A mirror of harvester.example.",
        EARLIER,
        expires_at=NOON,
        hits=3,
    )
    source = "https://lists.example/ai-scrapers.csv"
    subscribed = BlocklistEntry(
        "answers.example",
        "domain",
        "answer-engine",
        "filter",
        "Answers questions from alt texts.",
        EARLIER,
        source=source,
        allowed=True,
    )
    broken = "The server did not answer within 20 seconds."
    lists = (
        Subscription(source, "mastodon-csv", "enforce", 1412, NOON),
        Subscription("https://other.example/list.txt", "text", "review", 0, None, broken),
    )
    return BlocklistPage((own, actor, subscribed), lists, 1415, "/admin/blocklist?after=3")


def deliveries() -> DeliveriesPage:
    """Most has arrived; two servers are in trouble."""
    slow = PeerHost("slow.example", 12, 0, NOON, NOON, "503 Service Unavailable")
    gone = PeerHost("gone.example:8443", 0, 7, EARLIER, None, "The name does not resolve.")
    return DeliveriesPage(412, 3, 128_300, 7, NOON, (slow, gone))


def members() -> MembersPage:
    """Six artists, one invitation, and one link just made."""
    artists = tuple(
        Member(who, "admin" if n == 0 else "artist", EARLIER, NOON if n % 2 else None, 7 * n)
        for n, who in enumerate(PEOPLE[:6])
    )
    link = f"{BASE}/join?token=Zm9yIG5vIG9uZSBidXQgeW91LCBteSBmcmllbmQ"
    return MembersPage(artists, (Invitation(NOON, NOON, "7", "mara"),), link)


def crawlers() -> CrawlersPage:
    """One of each behaviour."""
    rows = (
        CrawlerVisits("GPTBot", "OpenAI", ("training",), "defied", 3, 0, 120, NOON),
        CrawlerVisits("Bytespider", "ByteDance", ("training",), "unasked", 0, 0, 9, NOON),
        CrawlerVisits("CCBot", "Common Crawl Foundation", ("archive", "dataset"), "kept away", 1, 0, 0, EARLIER),
        CrawlerVisits("OAI-SearchBot", "", ("search",), "welcome", 1, 40, 0, EARLIER),
    )
    return CrawlersPage(rows, 160)


def told() -> PostOptOutPage:
    """What one post says, two surfaces of it, one of them silent."""
    statements = (
        ToldStatement("Headers of the page", f"{BASE}/@mara/1000", "tdm-reservation: 1\nX-Robots-Tag: noai, noimageai"),
        ToldStatement("The licence for machines (RSL)", "", ""),
    )
    changes = (
        ToldChange("instance", None, "no-ai-training", "instance.toml", EARLIER),
        ToldChange("picture", "no-ai", None, f"{BASE}/users/mara", NOON),
    )
    return PostOptOutPage(post_page("salt").post, statements, changes)


def went() -> PostEvidencePage:
    """A post that was taken, refused and replaced."""
    to = (
        WentTo("harvester.example", "cancelled", NOON, "harvester.example is listed: feeds a model"),
        WentTo("a-very-long-name-that-has-no-place-to-break-at-all.far.example", "sent", EARLIER),
    )
    fetches = (
        CameFor("", "GPTBot", "refused", 12_345, EARLIER, NOON),
        CameFor("far.example", "", "served", 3, EARLIER, NOON),
        CameFor("harvester.example", "", "revoked", 1, NOON, NOON),
    )
    shown = post_page("salt").post
    return PostEvidencePage(
        post=shown,
        received=1,
        fetched=1,
        refused=1,
        sent=(
            WasSent("Update", NOON, (OptOut.NO_AI_TRAINING,), '{\n  "tdm:reservation": 1\n}', to),
            WasSent("Create", EARLIER, (), "", ()),
        ),
        pictures=(
            FetchedPicture(1, "Salt.", shown.pictures[0].sources[0].url, "ab" * 32, fetches),
            FetchedPicture(0, "", "", "", fetches[:1]),
        ),
        visits=(CameFor("harvester.example", "", "refused", 1, NOON, NOON, "harvester.example: feeds a model"),),
        keep_days=365,
        is_dated=True,
    )
