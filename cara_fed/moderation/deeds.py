"""Writing down what those who run the place do to people, in the transaction that does it."""

from enum import StrEnum

from cara_fed.clock import Clock
from storage.audit_log import AuditRecord
from storage.records import Records


class Deed(StrEnum):
    """What can be done besides changing the blocklist, which has words of its own."""

    ROLE = "role"
    SUSPEND = "suspend"
    RESTORE = "restore"
    SECOND_FACTOR = "second_factor"
    PASSWORD_LINK = "password_link"  # noqa: S105 - not a password
    INVITE = "invite"
    WITHDRAW = "withdraw"
    DELETE_POST = "delete_post"
    COVER_POST = "cover_post"
    RESOLVE = "resolve_report"
    DISMISS = "dismiss_report"
    REOPEN = "reopen_report"
    FORWARD = "forward_report"
    RULES = "rules"
    ANNOUNCE = "announce"
    END_ANNOUNCEMENT = "end_announcement"
    ADMIT = "admit"
    TURN_DOWN = "turn_down"
    ANSWER_APPEAL = "answer_appeal"
    RETRY = "retry_deliveries"
    GIVE_UP = "give_up_deliveries"
    SETTINGS = "settings"
    ADD_EMOJI = "add_emoji"
    USE_EMOJI = "use_emoji"
    DISABLE_EMOJI = "disable_emoji"


async def note_deed(records: Records, clock: Clock, deed: Deed, subject: str, author: str, detail: str = "") -> None:
    """Write one deed down; ``author`` is an artist's name."""
    record = AuditRecord(
        pk=clock.new_pk(), author=author, action=str(deed), subject=subject, detail=detail, done_at=clock.now()
    )
    await records.audit_log.add(record)
