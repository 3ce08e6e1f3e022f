"""What the pages of those who sign in are made of: the way in, the studio, the settings and the admin's rooms."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from markupsafe import Markup

from activitypub.opt_out import OptOut
from cara_fed.protection.cloak.levels import Cloak
from cara_fed.recognition.matches import Match
from cara_fed.translate.rights import DIGITAL_SOURCES, LICENSES
from cara_fed.web.draft_views import Uploaded
from cara_fed.web.parts import NO_HTML, Byline, FollowState, FormView, Picture, Post

Choices = tuple[tuple[str, str], ...]
"""Values of a field with the words for each."""


@dataclass(frozen=True, slots=True)
class LogInPage:
    """``/login``. ``has_mail_server`` says that a lost password can be mended by mail."""

    form: FormView = field(default_factory=FormView)
    has_mail_server: bool = False


@dataclass(frozen=True, slots=True)
class LogOutPage:
    """``/logout``, asked for by a link: one button, for only a POST signs out."""


@dataclass(frozen=True, slots=True)
class JoinPage:
    """``/join``: an account from a one-time link; ``purpose`` says which, ``token`` goes back with the form."""

    token: str
    purpose: Literal["first_admin", "invitation"]
    invited_by: Byline | None = None
    form: FormView = field(default_factory=FormView)


@dataclass(frozen=True, slots=True)
class PasswordResetPage:
    """``/password/reset``: a new password, from a one-time link. ``byline`` is whose."""

    token: str
    byline: Byline
    form: FormView = field(default_factory=FormView)


@dataclass(frozen=True, slots=True)
class PublishPage:
    """``/publish``. ``inherited`` is what holds where the post says nothing, ``inherited_from`` who said it.

    ``cloaks`` are those that can be made here, ``inherited_cloak`` is made where the post asks for none.

    ``accept`` is the file input's list of media types; sizes in MiB. ``draft_pk`` is the draft that the form shows,
    ``matches`` are whose pictures its own look like, ``is_due`` that it will go out by itself, ``uploads`` its
    pictures by their numbers as the form holds them. The form's fields: see
    :func:`cara_fed.web.publish_form.read_publish_form`.
    """

    inherited: OptOut
    inherited_from: Literal["instance", "artist"]
    draft_pk: int | None = None
    is_due: bool = False
    uploads: Mapping[str, Uploaded] = field(default_factory=dict)
    other_drafts: int = 0
    needs_alt: bool = False
    max_pictures: int = 20
    max_file_mib: int = 60
    accept: str = "image/jpeg,image/png,image/webp,image/gif,image/avif,image/tiff"
    form: FormView = field(default_factory=FormView)
    licenses: Choices = tuple(LICENSES.items())
    sources: Choices = tuple(DIGITAL_SOURCES.items())
    cloaks: tuple[Cloak, ...] = (Cloak.OFF, Cloak.INSTANT, Cloak.GLAZED)
    inherited_cloak: Cloak = Cloak.OFF
    matches: tuple[Match, ...] = ()

    def uploaded(self, place: int) -> Uploaded | None:
        """The picture that was sent before and stands in this place."""
        return self.uploads.get(self.form.value(f"upload-{place}"))

    @property
    def places(self) -> range:
        """The numbers N of the places for pictures."""
        return range(self.max_pictures)


@dataclass(frozen=True, slots=True)
class Asked:
    """Somebody who was asked whether a post may name them; ``who`` is their handle, ``state`` what they said."""

    who: str
    state: Literal["asked", "agreed", "declined"]


@dataclass(frozen=True, slots=True)
class EditPage:
    """``/@NAME/ID/edit``. ``inherited`` as in :class:`PublishPage`.

    The form's fields: see :func:`cara_fed.web.edit_form.read_edit_form`. ``cloaks`` are those that can be made here.
    """

    post: Post
    inherited: OptOut
    inherited_from: Literal["instance", "artist"]
    form: FormView = field(default_factory=FormView)
    licenses: Choices = tuple(LICENSES.items())
    sources: Choices = tuple(DIGITAL_SOURCES.items())
    credits: tuple[Asked, ...] = ()
    may_add: bool = True
    """Whether there is room for a picture more."""
    cloaks: tuple[Cloak, ...] = (Cloak.OFF, Cloak.INSTANT, Cloak.GLAZED)


@dataclass(frozen=True, slots=True)
class ProfileSettingsPage:
    """``/settings``: how the artist is shown. The form's fields: see :class:`cara_fed.web.profile_form.ProfileForm`."""

    byline: Byline
    banner: Picture | None = None
    field_count: int = 4
    form: FormView = field(default_factory=FormView)


@dataclass(frozen=True, slots=True)
class OptOutSettingsPage:
    """``/settings/opt-out``: may AI be trained on this? ``chosen`` None follows the instance's ``default``."""

    default: OptOut
    chosen: OptOut | None = None
    form: FormView = field(default_factory=FormView)
    licenses: Choices = tuple(LICENSES.items())


@dataclass(frozen=True, slots=True)
class CommissionsPage:
    """``/settings/commissions``. The form's fields: ``commissions`` and ``price_sheet``; ``preview`` is safe HTML."""

    form: FormView = field(default_factory=FormView)
    preview: Markup | None = None


@dataclass(frozen=True, slots=True)
class PasswordSettingsPage:
    """``/settings/password``."""

    form: FormView = field(default_factory=FormView)


@dataclass(frozen=True, slots=True)
class BrowserSession:
    """A browser in which the artist is signed in; ``is_this`` is the one that asks."""

    browser: str
    began_at: datetime
    seen_at: datetime
    reference: str
    is_this: bool = False


@dataclass(frozen=True, slots=True)
class SessionsSettingsPage:
    """``/settings/sessions``: where the artist is signed in."""

    sessions: tuple[BrowserSession, ...]


@dataclass(frozen=True, slots=True)
class AuthorizeInteractionPage:
    """``/authorize_interaction``: an actor of another server, met there, to be followed from here.

    ``summary`` is safe HTML; ``actor_id`` goes back with the form; ``state`` SELF where it is the one who looks.
    """

    byline: Byline
    actor_id: str
    summary: Markup = NO_HTML
    state: FollowState = FollowState.NONE
    follower_count: int | None = None


@dataclass(frozen=True, slots=True)
class BlocklistEntry:
    """A listed domain or actor. ``source`` is empty for our own entries, else the subscription's address."""

    key: str
    kind: Literal["domain", "actor"]
    label: str
    policy: Literal["reject", "drop", "filter"]
    reason: str
    created_at: datetime
    source: str = ""
    evidence: tuple[str, ...] = ()
    expires_at: datetime | None = None
    allowed: bool = False
    hits: int = 0
    last_hit_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Subscription:
    """A list that somebody else publishes, and how its last fetch went."""

    url: str
    format: str
    action: Literal["enforce", "review"]
    entry_count: int = 0
    succeeded_at: datetime | None = None
    error: str = ""


@dataclass(frozen=True, slots=True)
class BlocklistPage:
    """``/admin/blocklist``. The form's fields are those of :class:`cara_fed.web.forms.BlocklistForm`."""

    entries: tuple[BlocklistEntry, ...] = ()
    subscriptions: tuple[Subscription, ...] = ()
    total: int = 0
    more_url: str | None = None
    form: FormView = field(default_factory=FormView)


@dataclass(frozen=True, slots=True)
class PeerHost:
    """A server we deliver to, where something waits or failed."""

    netloc: str
    queued: int = 0
    failed: int = 0
    failing_since: datetime | None = None
    paused_until: datetime | None = None
    last_error: str = ""


@dataclass(frozen=True, slots=True)
class DeliveriesPage:
    """``/admin/deliveries``: what is on its way. Counts of deliveries; ``due`` of the queued ones is late."""

    queued: int = 0
    due: int = 0
    sent: int = 0
    failed: int = 0
    oldest_due_at: datetime | None = None
    hosts: tuple[PeerHost, ...] = ()


@dataclass(frozen=True, slots=True)
class Member:
    """An artist of this instance, as the admin sees one. ``reset_url`` is a fresh one-time link, just made."""

    byline: Byline
    role: Literal["artist", "moderator", "admin"]
    joined_at: datetime
    seen_at: datetime | None = None
    posts: int = 0
    name: str = ""
    reset_url: str | None = None
    is_suspended: bool = False
    has_second_factor: bool = False


@dataclass(frozen=True, slots=True)
class Invitation:
    """A one-time link that nobody used yet. ``invited_by`` is a name."""

    created_at: datetime
    expires_at: datetime
    reference: str
    invited_by: str = ""


@dataclass(frozen=True, slots=True)
class MembersPage:
    """``/admin/members``. ``new_invitation_url`` is shown once, right after it was made."""

    members: tuple[Member, ...] = ()
    invitations: tuple[Invitation, ...] = ()
    new_invitation_url: str | None = None


@dataclass(frozen=True, slots=True)
class ToldStatement:
    """What one surface says about a post, as raw text; ``text`` is empty where it stays silent."""

    surface: str
    place: str
    text: str


@dataclass(frozen=True, slots=True)
class ToldChange:
    """A decision about AI: at which level, what it was before and is since, by whom. None is no answer there."""

    level: str
    old: str | None
    new: str | None
    changed_by: str
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class PostOptOutPage:
    """``/@NAME/ID/opt-out``: what the world is told about a post, for its artist."""

    post: Post
    statements: tuple[ToldStatement, ...]
    changes: tuple[ToldChange, ...] = ()


@dataclass(frozen=True, slots=True)
class CrawlerVisits:
    """One crawler's visits. ``refused`` counts both before and after it had read what it may do."""

    name: str
    operator: str
    purposes: tuple[str, ...]
    verdict: Literal["welcome", "kept away", "unasked", "defied"]
    told: int
    served: int
    refused: int
    last_at: datetime


@dataclass(frozen=True, slots=True)
class CrawlersPage:
    """``/admin/crawlers``. ``known`` is how many agents the table has."""

    visits: tuple[CrawlerVisits, ...] = ()
    known: int = 0
