"""Sample views of moving, leaving and follow requests."""

from cara_fed.protection.cloak.levels import Cloak
from cara_fed.web.account_views import (
    AccountSettingsPage,
    CloakSettingsPage,
    FollowRequest,
    FollowRequestsPage,
    LanguageSettingsPage,
    QuoteSettingsPage,
)
from cara_fed.web.login_views import (
    ArchiveView,
    CodePage,
    ExportSettingsPage,
    ForgottenPage,
    LoginSettingsPage,
    MailConfirmPage,
    PasskeyView,
    PendingApp,
)
from cara_fed.web.parts import FormView
from cara_fed.web.views import Page
from tests.web.samples import BASE, EARLIER, NOON, PEOPLE, page, signed_in

ME = f"{BASE}/users/mara"


def account_pages() -> dict[str, tuple[object, Page]]:
    """The pages by a short name, each with its frame."""
    refused = FormView({"target": "@mara@new.example"}, {"target": "That account does not say yet that it is yours."})
    asking = tuple(
        FollowRequest(byline, f"https://far.example/users/{n}", NOON if n else EARLIER)
        for n, byline in enumerate(PEOPLE[2:12:3])
    )
    wrong = FormView({}, {"code": "This code is not right, or was used before."})
    keys = (PasskeyView(7, "my phone", EARLIER, NOON), PasskeyView(8, "", NOON, None))
    app = PendingApp("otpauth://totp/The%20studio:mara?secret=ABC", "ABCD EFGH", "M0 0h1v1h-1z", 21)
    archives = (ArchiveView("asked", NOON), ArchiveView("ready", EARLIER, "/settings/export/1.zip", 5_000_000, NOON))
    return {
        "settings-account": (AccountSettingsPage(ME), signed_in("/settings/account")),
        "settings-account-refused": (AccountSettingsPage(ME, form=refused), signed_in("/settings/account")),
        "settings-account-moved": (AccountSettingsPage(ME, "https://new.example/users/mara"), signed_in("/settings")),
        "settings-cloak": (
            CloakSettingsPage(tuple(Cloak), Cloak.OFF, FormView({"cloak": "light"})),
            signed_in("/settings/cloak"),
        ),
        "settings-language": (
            LanguageSettingsPage("Français", FormView({"language": "fr"})),
            signed_in("/settings/language"),
        ),
        "settings-quotes": (QuoteSettingsPage(FormView({"quote_policy": "ask"})), signed_in("/settings/quotes")),
        "follow-requests": (FollowRequestsPage(asking), signed_in("/follow-requests")),
        "login-code": (CodePage(wrong), page("/login/code")),
        "password-forgotten": (ForgottenPage(), page("/password/forgotten")),
        "password-forgotten-asked": (ForgottenPage(is_asked=True), page("/password/forgotten")),
        "mail-confirm": (MailConfirmPage("x"), page("/settings/mail/confirm")),
        "settings-login": (LoginSettingsPage(), signed_in("/settings/login")),
        "settings-login-pending": (
            LoginSettingsPage(keys, pending=app, has_mail_server=True),
            signed_in("/settings/login"),
        ),
        "settings-login-codes": (
            LoginSettingsPage(keys, has_app=True, codes_left=10, recovery_codes=("abcde-fghjk",) * 10),
            signed_in("/settings/login"),
        ),
        "settings-export": (ExportSettingsPage(archives, 12, may_ask=False), signed_in("/settings/export")),
        "settings-export-none": (ExportSettingsPage(), signed_in("/settings/export")),
        "follow-requests-none": (FollowRequestsPage((), is_needed=False), signed_in("/follow-requests")),
    }
