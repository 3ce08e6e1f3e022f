"""Sample views of moving, leaving and follow requests."""

from cara_fed.web.account_views import AccountSettingsPage, FollowRequest, FollowRequestsPage, QuoteSettingsPage
from cara_fed.web.parts import FormView
from cara_fed.web.views import Page
from tests.web.samples import BASE, EARLIER, NOON, PEOPLE, signed_in

ME = f"{BASE}/users/mara"


def account_pages() -> dict[str, tuple[object, Page]]:
    """The pages by a short name, each with its frame."""
    refused = FormView({"target": "@mara@new.example"}, {"target": "That account does not say yet that it is yours."})
    asking = tuple(
        FollowRequest(byline, f"https://far.example/users/{n}", NOON if n else EARLIER)
        for n, byline in enumerate(PEOPLE[2:12:3])
    )
    return {
        "settings-account": (AccountSettingsPage(ME), signed_in("/settings/account")),
        "settings-account-refused": (AccountSettingsPage(ME, form=refused), signed_in("/settings/account")),
        "settings-account-moved": (AccountSettingsPage(ME, "https://new.example/users/mara"), signed_in("/settings")),
        "settings-quotes": (QuoteSettingsPage(FormView({"quote_policy": "ask"})), signed_in("/settings/quotes")),
        "follow-requests": (FollowRequestsPage(asking), signed_in("/follow-requests")),
        "follow-requests-none": (FollowRequestsPage((), is_needed=False), signed_in("/follow-requests")),
    }
