"""Every page by a short name, with the frame around it."""

from dataclasses import replace

from markupsafe import Markup

from activitypub.opt_out import OptOut
from cara_fed.translate.views import written_in_markdown
from cara_fed.web.parts import Byline, FollowState, FormView, Link
from cara_fed.web.studio_views import (
    AuthorizeInteractionPage,
    BrowserSession,
    CommissionsPage,
    EditPage,
    JoinPage,
    LogInPage,
    LogOutPage,
    OptOutSettingsPage,
    PasswordResetPage,
    PasswordSettingsPage,
    ProfileSettingsPage,
    PublishPage,
    SessionsSettingsPage,
)
from cara_fed.web.views import (
    AiPolicyPage,
    ErrorPage,
    FollowFromPage,
    FrontPage,
    Head,
    Message,
    Page,
    Series,
    TagPage,
    WelcomePage,
)
from tests.web import blocklist_samples
from tests.web.account_samples import account_pages
from tests.web.admin_samples import blocklist, crawlers, deliveries, members, told, went
from tests.web.arranging_samples import arranging_pages
from tests.web.company_samples import company_pages
from tests.web.draft_samples import draft_pages
from tests.web.making_samples import making_pages
from tests.web.mark_samples import mark_pages
from tests.web.moderation_samples import moderation_pages
from tests.web.samples import (
    BASE,
    EARLIER,
    MANY,
    MARA,
    NOON,
    PEOPLE,
    front,
    page,
    picture,
    post,
    post_page,
    profile,
    signed_in,
    tiles,
)

SHEET = "# Portraits\n\n| what | how long | € |\n|---|---|---|\n| bust | two weeks | **90** |\n\n- write first"
PRICES = written_in_markdown(SHEET)


def all_pages() -> dict[str, tuple[object, Page]]:
    """Every page by a short name, with its frame."""
    wrong = FormView({"name": "mara", "handle": "nonsense"}, {"name": "This name or password is not right."})
    no_handle = FormView({"handle": "nonsense"}, {"handle": "This is no handle. One looks like @you@your.server."})
    elsewhere = Byline("@kei@far.example", "https://far.example/@kei", "Kei Nakamura")
    return {
        "welcome": (WelcomePage(), page()),
        "front": (front(), page()),
        "front-empty": (FrontPage(Head(f"{BASE}/")), signed_in("/")),
        "profile": (profile(), page("/@mara")),
        "profile-banner": (profile(banner=picture("pano")), page("/@mara")),
        "profile-posts": (profile("posts"), page("/@mara/posts")),
        "profile-about": (profile("about"), page("/@mara/about")),
        "profile-own-empty": (
            profile(works=(), work_count=0, older_url=None, follow=FollowState.SELF),
            signed_in("/@mara", messages=(Message("done", "Your profile was saved."),)),
        ),
        "profile-long": (
            profile(byline=PEOPLE[11], follow=FollowState.PENDING, moved_to=elsewhere, works=tiles("pano", "strip")),
            signed_in("/@x"),
        ),
        "profile-rtl": (
            profile(byline=PEOPLE[3], summary=Markup("<p>رسامة من الإسكندرية. ألوان مائية وحبر.</p>")),
            page("/@layla", direction="rtl", language="ar"),
        ),
        "tag": (
            TagPage(Head(f"{BASE}/tags/ink"), "Ink", tiles(*MANY[:4], credited=True), (post(),), "/tags/ink?before=9"),
            page("/tags/ink"),
        ),
        "tag-empty": (TagPage(Head(f"{BASE}/tags/%E6%B0%B4"), "水"), page("/tags/水")),
        "post": (post_page("salt"), page("/@mara/1000")),
        "post-series": (
            replace(
                post_page("salt"),
                series=Series(
                    Link("/@mara/albums/flats", "The flats"), 2, 9, Link("/@mara/1", "One"), Link("/@mara/3", "Three")
                ),
            ),
            page("/@mara/1000"),
        ),
        "profile-commissions": (
            profile("about", commissions="open", has_price_sheet=True, price_sheet=PRICES),
            page("/@mara/about"),
        ),
        "settings-commissions": (
            CommissionsPage(FormView({"commissions": "waitlist", "price_sheet": "Portraits from 90 €."}), PRICES),
            signed_in("/settings/commissions"),
        ),
        "post-many": (post_page(*MANY, is_own=True), signed_in("/@mara/1000")),
        "post-tall": (post_page("strip"), page("/@mara/1000")),
        "post-small": (post_page("moss"), page("/@mara/1000")),
        "post-covered": (post_page("noor", "ivo", cover="Nudity", replies=()), page("/@mara/1000")),
        "post-words": (post_page(), page("/@mara/1000")),
        "follow-from": (FollowFromPage(MARA, no_handle), page("/@mara/follow-from")),
        "ai-policy": (
            AiPolicyPage(
                Head(f"{BASE}/policies/ai"), OptOut.NO_AI_TRAINING, (("Content-Usage", "train-ai=n"),), NOON, 160
            ),
            page("/policies/ai"),
        ),
        **account_pages(),
        **moderation_pages(),
        **arranging_pages(),
        **draft_pages(),
        **making_pages(),
        **mark_pages(),
        "log-in": (LogInPage(wrong), page("/login", csrf_token="a-token")),
        "log-out": (LogOutPage(), signed_in("/logout")),
        "join": (JoinPage("one-time", "first_admin"), page("/join", csrf_token="a-token")),
        "password-reset": (PasswordResetPage("one-time", MARA), page("/password/reset", csrf_token="a-token")),
        "scrapers": (blocklist_samples.scrapers(), page("/blocklists/ai-scrapers")),
        "scraper": (blocklist_samples.scraper(), page("/blocklists/ai-scrapers/harvester.example")),
        "scraper-ended": (blocklist_samples.ended_scraper(), page("/blocklists/ai-scrapers/gone.example")),
        "appeal": (
            blocklist_samples.appeal(),
            page("/blocklists/ai-scrapers/harvester.example/appeal", csrf_token="a-token"),
        ),
        "appeals": (blocklist_samples.appeals(), signed_in("/admin/appeals", "admin")),
        "held-lists": (blocklist_samples.held_lists(), signed_in("/admin/lists", "admin")),
        "history": (blocklist_samples.history(), signed_in("/admin/history", "admin")),
        "severed-follows": (blocklist_samples.severed_follows(), signed_in("/settings/blocked-follows")),
        "publish": (PublishPage(OptOut.NO_AI_TRAINING, "instance"), signed_in("/publish")),
        "publish-refused": (
            PublishPage(
                OptOut.NO_AI_TRAINING,
                "artist",
                form=FormView(
                    {"alt-0": "A pine.", "opt_out": "no-ai", "visibility": "followers"},
                    {"picture-0": "This text has no picture. Choose it again, or clear the text."},
                ),
            ),
            signed_in("/publish"),
        ),
        "edit": (
            EditPage(
                post_page(*MANY[:3]).post,
                OptOut.NO_AI_TRAINING,
                "artist",
                FormView({"text": "Salt and #ink.", "alt-0": "Seven ridges in haze.", "opt_out": "no-ai"}),
            ),
            signed_in("/@mara/1000/edit"),
        ),
        "settings-sessions": (
            SessionsSettingsPage(
                (
                    BrowserSession("Firefox, Linux", EARLIER, NOON, "a", is_this=True),
                    BrowserSession("Safari, iPhone", EARLIER, EARLIER, "b"),
                    BrowserSession("", EARLIER, EARLIER, "c"),
                )
            ),
            signed_in("/settings/sessions"),
        ),
        "settings": (ProfileSettingsPage(MARA), signed_in("/settings")),
        "settings-opt-out": (OptOutSettingsPage(OptOut.NO_AI_TRAINING), signed_in("/settings/opt-out")),
        "settings-password": (PasswordSettingsPage(), signed_in("/settings/password")),
        "authorize": (
            AuthorizeInteractionPage(
                elsewhere, "https://far.example/users/kei", Markup("<p>Woodcuts.</p>"), FollowState.NONE, 3120
            ),
            signed_in("/authorize_interaction"),
        ),
        "blocklist": (blocklist(), signed_in("/admin/blocklist", "admin")),
        "deliveries": (deliveries(), signed_in("/admin/deliveries", "admin")),
        "crawlers": (crawlers(), signed_in("/admin/crawlers", "admin")),
        "post-opt-out": (told(), signed_in("/@mara/1000/opt-out")),
        "post-evidence": (went(), signed_in("/@mara/1000/evidence")),
        "members": (members(), signed_in("/admin/members", "admin")),
        **company_pages(),
        **{f"error-{status}": (ErrorPage(status), page("/x")) for status in (400, 401, 403, 404, 410, 413, 429, 500)},
    }
