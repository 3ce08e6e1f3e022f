"""What browsers are told to refuse, and the token that says a form is ours."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cara_fed.web.csrf import CsrfRefused, make_csrf_token, require_csrf_token
from cara_fed.web.security import comes_from_elsewhere, security_headers

SECRET = b"a secret of thirty-two bytes, or so"


def policy(**choices: bool) -> dict[str, list[str]]:
    given_policy = dict(security_headers(**choices))["Content-Security-Policy"]  # type: ignore[arg-type]
    return {name: sources for name, *sources in (part.split() for part in given_policy.split(";"))}


def test_the_policy_allows_this_site_and_nothing_inline() -> None:
    directives = policy(https=True)
    assert directives["default-src"] == ["'none'"]
    assert {source for sources in directives.values() for source in sources} == {"'none'", "'self'"}


@pytest.mark.parametrize(("https", "leads_to"), [(True, ["'self'", "https:"]), (False, ["'self'", "https:", "http:"])])
def test_only_forms_that_lead_away_may_lead_away(https: bool, leads_to: list[str]) -> None:
    assert policy(https=https, forms_lead_away=True)["form-action"] == leads_to
    assert policy(https=https)["form-action"] == ["'self'"]


def test_tls_is_kept_where_it_is() -> None:
    assert "Strict-Transport-Security" in dict(security_headers(https=True))
    assert "Strict-Transport-Security" not in dict(security_headers(https=False))


@pytest.mark.parametrize(
    ("headers", "elsewhere"),
    [
        ({}, False),
        ({"Sec-Fetch-Site": "same-origin"}, False),
        ({"Sec-Fetch-Site": "none"}, False),
        ({"Sec-Fetch-Site": "same-site"}, True),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "https://studio.example"}, True),
        ({"Origin": "https://studio.example"}, False),
        ({"Origin": "https://evil.example"}, True),
        ({"Origin": "null"}, True),
        ({"Origin": "http://studio.example"}, True),
    ],
)
def test_forms_from_elsewhere_are_told_apart(headers: dict[str, str], elsewhere: bool) -> None:
    assert comes_from_elsewhere(headers, origin="https://studio.example") is elsewhere


def test_a_token_holds_for_its_session_alone() -> None:
    token = make_csrf_token(SECRET, "session")
    require_csrf_token(token, SECRET, "session")
    for secret, binding in ((SECRET, "other"), (b"other", "session")):
        with pytest.raises(CsrfRefused):
            require_csrf_token(token, secret, binding)


def test_no_two_tokens_are_alike() -> None:
    assert make_csrf_token(SECRET, "session") != make_csrf_token(SECRET, "session")


@given(st.text(max_size=80))
def test_nothing_else_passes_for_a_token(token: str) -> None:
    with pytest.raises(CsrfRefused):
        require_csrf_token(token, SECRET, "session")
