"""Records: every noun's queries over one transaction."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import Generic, TypeVar

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
from storage.credits import Credits
from storage.custom_emoji import CustomEmojis
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

Queries = TypeVar("Queries")


class _Noun(Generic[Queries]):
    """A noun's queries, made when a transaction first asks for them: most ask for two or three."""

    def __init__(self, make: Callable[[AsyncSession], Queries]) -> None:
        self._make = make

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    def __get__(self, records: "Records", owner: type | None = None) -> Queries:
        # What is kept under the same name is found before this is asked again.
        made = records.__dict__[self._name] = self._make(records.session)
        return made


class Records:
    """What a transaction can ask and change; good until its `async with` block ends.

    A row that a query gave may be changed in place: the change is written with the transaction.
    """

    albums = _Noun(Albums)
    alt_proposals = _Noun(AltProposals)
    appeals = _Noun(Appeals)
    applications = _Noun(Applications)
    artists = _Noun(Artists)
    attachments = _Noun(Attachments)
    audit_log = _Noun(AuditLog)
    backups = _Noun(Backups)
    blocklist = _Noun(Blocklist)
    blocklist_changes = _Noun(BlocklistChanges)
    blocks = _Noun(Blocks)
    bookmarks = _Noun(Bookmarks)
    circles = _Noun(Circles)
    crawlers = _Noun(Crawlers)
    credits = _Noun(Credits)
    custom_emoji = _Noun(CustomEmojis)
    deliveries = _Noun(Deliveries)
    drafts = _Noun(Drafts)
    enforcement = _Noun(Enforcement)
    evidence = _Noun(Evidence)
    exports = _Noun(Exports)
    filters = _Noun(Filters)
    followers = _Noun(partial(Follows, table=Follower))
    following = _Noun(partial(Follows, table=Following))
    heartbeats = _Noun(Heartbeats)
    held_lists = _Noun(HeldLists)
    hosts = _Noun(Hosts)
    house_rules = _Noun(HouseRules)
    inbox_log = _Noun(InboxLog)
    interactions = _Noun(Interactions)
    keys = _Noun(Keys)
    likenesses = _Noun(Likenesses)
    mail_addresses = _Noun(MailAddresses)
    mails = _Noun(Mails)
    making = _Noun(Making)
    mutes = _Noun(Mutes)
    notifications = _Noun(Notifications)
    opt_out_changes = _Noun(OptOutChanges)
    outbox_log = _Noun(OutboxLog)
    overviews = _Noun(Overviews)
    passkeys = _Noun(Passkeys)
    polls = _Noun(Polls)
    portfolio = _Noun(Portfolio)
    post_updates = _Noun(PostUpdates)
    post_versions = _Noun(PostVersions)
    posts = _Noun(Posts)
    profile_links = _Noun(ProfileLinks)
    quotes = _Noun(Quotes)
    rate_limits = _Noun(RateLimits)
    refusals = _Noun(Refusals)
    remote_actors = _Noun(RemoteActors)
    remote_keys = _Noun(RemoteKeys)
    report_notes = _Noun(ReportNotes)
    reports = _Noun(Reports)
    revisions = _Noun(Revisions)
    rewrites = _Noun(Rewrites)
    searches = _Noun(Searches)
    second_factors = _Noun(SecondFactors)
    secrets = _Noun(Secrets)
    sessions = _Noun(Sessions)
    severances = _Noun(Severances)
    subscribed_changes = _Noun(SubscribedChanges)
    subscriptions = _Noun(Subscriptions)
    suspension_appeals = _Noun(SuspensionAppeals)
    timelines = _Noun(Timelines)
    tokens = _Noun(Tokens)
    uploads = _Noun(Uploads)
    usage = _Noun(Usage)
    works = _Noun(Works)

    def __init__(self, session: AsyncSession) -> None:
        self.session = session

    @asynccontextmanager
    async def part(self) -> AsyncIterator[None]:
        """A part of the transaction, undone by itself where it raises.

        The rows that it read are not to be used after it: the next part reads everything anew.
        """
        try:
            async with self.session.begin_nested():
                yield
        finally:
            self.session.expunge_all()
