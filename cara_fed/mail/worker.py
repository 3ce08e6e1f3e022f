"""The mail worker: gives one letter after another to the mail server, and tries again where it does not take it."""

import logging
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid
from typing import Final

import aiosmtplib

from cara_fed.config import Config, read_secret
from cara_fed.services import Services
from storage.mails import Mail

log = logging.getLogger(__name__)

LEASE: Final = timedelta(minutes=5)
PAUSES: Final = tuple(timedelta(minutes=minutes) for minutes in (1, 10, 60, 360, 1080))
"""After each try; a letter that nobody took by then is given up: its link has run out."""
SECONDS: Final = 30.0


async def send_once(services: Services) -> bool:
    """Send the letter that has been due longest; whether there was one."""
    if not services.config.smtp.host:
        return False
    now = services.clock.now()
    async with services.database.reading() as records:
        if not await records.mails.is_anything_due(now):
            return False
    async with services.database.unit_of_work() as records:
        mail = await records.mails.claim(now, now + LEASE)
    if mail is None:
        return False
    try:
        await _hand_over(services.config, build_message(services.config, mail, now))
    except (aiosmtplib.SMTPException, OSError, ValueError) as error:
        await _record_failure(services, mail, error)
        return True
    async with services.database.unit_of_work() as records:
        await records.mails.record_sent(mail.pk)
    return True


def build_message(config: Config, mail: Mail, now: datetime) -> EmailMessage:
    """A letter as mail servers take it."""
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"], message["Subject"] = config.smtp.sender, mail.recipient, mail.subject
    message["Date"] = format_datetime(now)
    message["Message-ID"] = make_msgid(str(mail.pk), config.smtp.sender.rpartition("@")[2])
    message["Auto-Submitted"] = "auto-generated"  # nobody's holiday greeting is wanted
    message.set_content(mail.body)
    return message


async def greet(config: Config) -> None:
    """Log in at the mail server and leave again. Raises SMTPException or OSError."""
    async with _open_door(config):
        pass


async def _hand_over(config: Config, message: EmailMessage) -> None:
    async with _open_door(config) as door:
        await door.send_message(message)


def _open_door(config: Config) -> aiosmtplib.SMTP:
    smtp = config.smtp
    password = read_secret(config, "SMTP_PASSWORD", smtp.password_file)
    return aiosmtplib.SMTP(
        hostname=smtp.host,
        port=smtp.port,
        username=smtp.username or None,
        password=password or None,
        use_tls=smtp.security == "tls",
        start_tls=smtp.security == "starttls",
        timeout=SECONDS,
    )


async def _record_failure(services: Services, mail: Mail, error: Exception) -> None:
    reason = f"{type(error).__name__}: {error}"[:500]
    is_final = mail.attempts > len(PAUSES) or _is_refusal(error)
    log.warning("the mail server %s a letter: %s", "refused" if is_final else "did not take", reason)
    async with services.database.unit_of_work() as records:
        if is_final:
            await records.mails.record_failed(mail.pk, reason)
        else:
            await records.mails.record_retry(mail.pk, services.clock.now() + PAUSES[mail.attempts - 1], reason)


def _is_refusal(error: Exception) -> bool:
    """Whether the server said no to this very letter, for good. What is wrong with our login may be put right."""
    if isinstance(error, aiosmtplib.SMTPRecipientsRefused):
        return all(_is_permanent(refused.code) for refused in error.recipients)
    return isinstance(error, ValueError)


def _is_permanent(code: int) -> bool:
    return 500 <= code < 600
