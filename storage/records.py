"""Records: every noun's queries over one transaction."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlmodel.ext.asyncio.session import AsyncSession

from storage.albums import Albums
from storage.alt_proposals import AltProposals
from storage.appeals import Appeals
from storage.applications import Applications, SuspensionAppeals
from storage.artists import Artists
from storage.attachments import Attachments
from storage.audit_log import AuditLog
from storage.backups import Backups
from storage.blocklist import Blocklist
from storage.blocklist_changes import BlocklistChanges
from storage.blocks import Blocks
from storage.bookmarks import Bookmarks
from storage.circles import Circles
from storage.columns import Table
from storage.crawlers import Crawlers
from storage.deliveries import Deliveries
from storage.drafts import Drafts
from storage.enforcement import Enforcement
from storage.evidence import Evidence
from storage.exports import Exports
from storage.filters import Filters
from storage.follows import Follower, Following, Follows
from storage.heartbeats import Heartbeats
from storage.held_lists import HeldLists
from storage.hosts import Hosts
from storage.house_rules import HouseRules
from storage.inbox_log import InboxLog
from storage.interactions import Interactions
from storage.keys import Keys
from storage.likenesses import Likenesses
from storage.mail_addresses import MailAddresses
from storage.mails import Mails
from storage.making import Making
from storage.mutes import Mutes
from storage.notifications import Notifications
from storage.opt_out_changes import OptOutChanges
from storage.outbox_log import OutboxLog
from storage.overviews import Overviews
from storage.passkeys import Passkeys
from storage.polls import Polls
from storage.portfolio import Portfolio
from storage.post_updates import PostUpdates
from storage.post_versions import PostVersions
from storage.posts import Posts
from storage.profile_links import ProfileLinks
from storage.quotes import Quotes
from storage.rate_limits import RateLimits
from storage.refusals import Refusals
from storage.remote_actors import RemoteActors
from storage.remote_keys import RemoteKeys
from storage.report_notes import ReportNotes
from storage.reports import Reports
from storage.revisions import Revisions
from storage.rewrites import Rewrites
from storage.searches import Searches
from storage.second_factors import SecondFactors
from storage.secrets import Secrets
from storage.sessions import Sessions
from storage.severances import Severances
from storage.subscribed_changes import SubscribedChanges
from storage.subscriptions import Subscriptions
from storage.timelines import Timelines
from storage.tokens import Tokens
from storage.uploads import Uploads
from storage.usage import Usage
from storage.works import Works

# Complete here, where every noun has been imported.
TABLES = Table.metadata


class Records:
    """What a transaction can ask and change; good until its `async with` block ends.

    A row that a query gave may be changed in place: the change is written with the transaction.
    """

    __slots__ = (
        "_session", "albums", "alt_proposals", "appeals", "applications", "artists", "attachments", "audit_log",
        "backups", "blocklist", "blocklist_changes", "blocks", "bookmarks", "circles", "crawlers", "deliveries",
        "drafts", "enforcement", "evidence", "exports", "filters", "followers", "following", "heartbeats", "held_lists",
        "hosts", "house_rules", "inbox_log", "interactions", "keys", "likenesses", "mail_addresses", "mails", "making",
        "mutes", "notifications", "opt_out_changes", "outbox_log", "overviews", "passkeys", "polls", "portfolio",
        "post_updates", "post_versions", "posts", "profile_links", "quotes", "rate_limits", "refusals", "remote_actors",
        "remote_keys", "report_notes", "reports", "revisions", "rewrites", "searches", "second_factors", "secrets",
        "sessions", "severances", "subscribed_changes", "subscriptions", "suspension_appeals", "timelines", "tokens",
        "uploads", "usage", "works",
    )  # fmt: skip

    def __init__(self, session: AsyncSession) -> None:  # noqa: PLR0915 - a list, one noun a line
        self._session = session
        self.albums = Albums(session)
        self.appeals = Appeals(session)
        self.artists = Artists(session)
        self.attachments = Attachments(session)
        self.audit_log = AuditLog(session)
        self.backups = Backups(session)
        self.blocklist = Blocklist(session)
        self.blocklist_changes = BlocklistChanges(session)
        self.blocks = Blocks(session)
        self.crawlers = Crawlers(session)
        self.deliveries = Deliveries(session)
        self.drafts = Drafts(session)
        self.enforcement = Enforcement(session)
        self.evidence = Evidence(session)
        self.exports = Exports(session)
        self.followers = Follows(session, Follower)
        self.following = Follows(session, Following)
        self.heartbeats = Heartbeats(session)
        self.held_lists = HeldLists(session)
        self.hosts = Hosts(session)
        self.inbox_log = InboxLog(session)
        self.interactions = Interactions(session)
        self.keys = Keys(session)
        self.likenesses = Likenesses(session)
        self.mail_addresses = MailAddresses(session)
        self.mails = Mails(session)
        self.mutes = Mutes(session)
        self.notifications = Notifications(session)
        self.opt_out_changes = OptOutChanges(session)
        self.outbox_log = OutboxLog(session)
        self.overviews = Overviews(session)
        self.passkeys = Passkeys(session)
        self.polls = Polls(session)
        self.portfolio = Portfolio(session)
        self.post_updates = PostUpdates(session)
        self.post_versions = PostVersions(session)
        self.posts = Posts(session)
        self.profile_links = ProfileLinks(session)
        self.quotes = Quotes(session)
        self.rate_limits = RateLimits(session)
        self.refusals = Refusals(session)
        self.remote_actors = RemoteActors(session)
        self.remote_keys = RemoteKeys(session)
        self.reports = Reports(session)
        self.revisions = Revisions(session)
        self.rewrites = Rewrites(session)
        self.searches = Searches(session)
        self.second_factors = SecondFactors(session)
        self.secrets = Secrets(session)
        self.sessions = Sessions(session)
        self.severances = Severances(session)
        self.subscribed_changes = SubscribedChanges(session)
        self.subscriptions = Subscriptions(session)
        self.timelines = Timelines(session)
        self.tokens = Tokens(session)
        self.uploads = Uploads(session)
        self.applications = Applications(session)
        self.suspension_appeals = SuspensionAppeals(session)
        self.house_rules = HouseRules(session)
        self.report_notes = ReportNotes(session)
        self.usage = Usage(session)
        self.bookmarks = Bookmarks(session)
        self.circles = Circles(session)
        self.filters = Filters(session)
        self.making = Making(session)
        self.alt_proposals = AltProposals(session)
        self.works = Works(session)

    @asynccontextmanager
    async def part(self) -> AsyncIterator[None]:
        """A part of the transaction, undone by itself where it raises.

        The rows that it read are not to be used after it: the next part reads everything anew.
        """
        try:
            async with self._session.begin_nested():
                yield
        finally:
            self._session.expunge_all()
