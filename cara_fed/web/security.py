"""What browsers are told to refuse: one strict policy for every page, without a single inline script or style."""

from collections.abc import Mapping

Headers = tuple[tuple[str, str], ...]

_CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; media-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
)
_PERMISSIONS = "browsing-topics=(), camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()"


def security_headers(*, https: bool, forms_lead_away: bool = False) -> Headers:
    """The headers of every HTML answer, as (name, value).

    ``forms_lead_away``: a form of this page is answered by a redirect to another server ("follow from your server"),
    which Chromium counts as that form's action.
    """
    away = f" https:{'' if https else ' http:'}" if forms_lead_away else ""
    headers = (
        ("Content-Security-Policy", _CONTENT_SECURITY_POLICY + away),
        ("X-Content-Type-Options", "nosniff"),
        ("X-Frame-Options", "DENY"),
        ("Referrer-Policy", "same-origin"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
        ("Permissions-Policy", _PERMISSIONS),
    )
    return (*headers, ("Strict-Transport-Security", "max-age=63072000")) if https else headers


def comes_from_elsewhere(headers: Mapping[str, str], *, origin: str) -> bool:
    """Whether a browser says that another site sent this request; ``origin`` is ours, scheme and authority.

    Sec-Fetch-Site is believed first, then Origin. Programs that send neither are not browsers, and hold no cookie that
    anybody could abuse.
    """
    if site := headers.get("Sec-Fetch-Site"):
        return site not in ("same-origin", "none")
    return headers.get("Origin", origin) != origin
