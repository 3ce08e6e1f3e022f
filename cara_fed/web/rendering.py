"""Views become pages: one template for each kind of view, escaped by default, and told apart by entity tags."""

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from cara_fed.asgi import Answer, Header
from cara_fed.web import (
    account_views,
    arranging_views,
    blocklist_views,
    credit_views,
    draft_views,
    evidence_views,
    login_views,
    making_views,
    mark_views,
    moderation_views,
    social_views,
    studio_views,
    views,
)
from cara_fed.web.static_files import StaticFiles, load_static_files, matches
from cara_fed.words.teaching import teach_languages
from cara_fed.words.writing import write_clock, write_local_time, write_number, write_size, write_utc_date
from templates import ROOT

TEMPLATES: Mapping[type, str] = {
    views.WelcomePage: "welcome.html",
    views.FrontPage: "front.html",
    views.ProfilePage: "profile.html",
    views.PostPage: "post.html",
    views.TagPage: "tag.html",
    views.FollowFromPage: "follow_from.html",
    views.AiPolicyPage: "ai_policy.html",
    views.ErrorPage: "error.html",
    social_views.HomePage: "home.html",
    social_views.NotificationsPage: "notifications.html",
    social_views.TimelinePage: "timeline.html",
    social_views.CirclesPage: "circles.html",
    social_views.CirclePage: "circle.html",
    social_views.FiltersPage: "settings/filters.html",
    social_views.MessagesPage: "messages.html",
    social_views.SearchPage: "search.html",
    social_views.ActorPage: "actor.html",
    social_views.ThreadPage: "thread.html",
    social_views.HistoryPage: "history.html",
    social_views.ReplyPage: "reply.html",
    social_views.ReportPage: "report.html",
    social_views.KeepingAwayPage: "settings/people.html",
    account_views.AccountSettingsPage: "settings/account.html",
    account_views.LanguageSettingsPage: "settings/language.html",
    account_views.QuoteSettingsPage: "settings/quotes.html",
    mark_views.MarkSettingsPage: "settings/marks.html",
    mark_views.PictureDonePage: "picture_done.html",
    mark_views.TracePage: "trace.html",
    moderation_views.StartPage: "admin/start.html",
    moderation_views.ReportsPage: "admin/reports.html",
    moderation_views.CasePage: "admin/case.html",
    moderation_views.RulesAdminPage: "admin/rules.html",
    moderation_views.ApplicationsPage: "admin/applications.html",
    moderation_views.StoragePage: "admin/storage.html",
    moderation_views.EmojiPage: "admin/emoji.html",
    moderation_views.AppearancePage: "admin/appearance.html",
    moderation_views.SettingsFilePage: "admin/settings_file.html",
    moderation_views.RulesPage: "rules.html",
    moderation_views.ApplyPage: "apply.html",
    moderation_views.SuspendedPage: "suspended.html",
    account_views.CloakSettingsPage: "settings/cloak.html",
    login_views.CodePage: "login_code.html",
    login_views.ForgottenPage: "password_forgotten.html",
    login_views.MailConfirmPage: "mail_confirm.html",
    login_views.LoginSettingsPage: "settings/login.html",
    login_views.ExportSettingsPage: "settings/export.html",
    account_views.FollowRequestsPage: "follow_requests.html",
    arranging_views.PortfolioPage: "portfolio.html",
    arranging_views.PlacesPage: "places.html",
    arranging_views.AlbumsPage: "albums.html",
    arranging_views.AlbumPage: "album.html",
    arranging_views.AlbumEditPage: "album_edit.html",
    studio_views.LogInPage: "log_in.html",
    studio_views.LogOutPage: "log_out.html",
    studio_views.JoinPage: "join.html",
    studio_views.PasswordResetPage: "password_reset.html",
    studio_views.PublishPage: "publish.html",
    draft_views.DraftsPage: "drafts.html",
    draft_views.HeldPage: "admin/held.html",
    draft_views.LookPage: "look.html",
    draft_views.OutgoingPage: "outgoing.html",
    studio_views.EditPage: "edit.html",
    studio_views.ProfileSettingsPage: "settings/profile.html",
    studio_views.OptOutSettingsPage: "settings/opt_out.html",
    making_views.MakingPage: "making.html",
    making_views.AltPage: "alt.html",
    credit_views.CreditsPage: "credits.html",
    credit_views.CreditPage: "credit.html",
    making_views.OfflinePage: "offline.html",
    studio_views.CommissionsPage: "settings/commissions.html",
    studio_views.PasswordSettingsPage: "settings/password.html",
    studio_views.SessionsSettingsPage: "settings/sessions.html",
    studio_views.AuthorizeInteractionPage: "authorize_interaction.html",
    studio_views.BlocklistPage: "admin/blocklist.html",
    studio_views.DeliveriesPage: "admin/deliveries.html",
    studio_views.MembersPage: "admin/members.html",
    studio_views.CrawlersPage: "admin/crawlers.html",
    studio_views.PostOptOutPage: "post_opt_out.html",
    evidence_views.PostEvidencePage: "post_evidence.html",
    blocklist_views.ScrapersPage: "blocklists/list.html",
    blocklist_views.ScraperPage: "blocklists/entry.html",
    blocklist_views.AppealPage: "blocklists/appeal.html",
    blocklist_views.AppealsPage: "admin/appeals.html",
    blocklist_views.HeldListsPage: "admin/lists.html",
    blocklist_views.HistoryPage: "admin/history.html",
    blocklist_views.SeveredFollowsPage: "settings/severed_follows.html",
}


class Pages:
    """Renders views, in whatever language is spoken."""

    def __init__(self) -> None:
        self.static: StaticFiles = load_static_files(ROOT / "static")
        self._environment = self._build_environment()

    def render(self, view: object, page: views.Page) -> str:
        """The HTML of ``view`` inside the frame ``page``."""
        return self._environment.get_template(TEMPLATES[type(view)]).render(view=view, page=page)

    def _build_environment(self) -> Environment:
        environment = Environment(
            loader=FileSystemLoader(ROOT),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            extensions=["jinja2.ext.i18n"],
        )
        teach_languages(environment)
        environment.globals["static"] = self.static.url
        environment.filters.update(
            number=write_number,
            size=write_size,
            machine_time=write_machine_time,
            clock=write_clock,
            long_date=write_utc_date,
            local_time=write_local_time,
        )
        return environment


def answer_page(html: str, *, status: int = 200, if_none_match: str = "", headers: tuple[Header, ...] = ()) -> Answer:
    """The response that carries a page: with an entity tag, and 304 without the body where the browser has it."""
    body = html.encode()
    etag = f'W/"{hashlib.sha256(body).hexdigest()[:24]}"'.encode()
    own = ((b"content-type", b"text/html; charset=utf-8"), (b"etag", etag), *headers)
    if status == 200 and matches(if_none_match, etag):
        return Answer(304, b"", own)
    return Answer(status, body, own)


def write_machine_time(moment: datetime) -> str:
    """An aware time as ``<time datetime>`` wants it, in UTC to the second."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
