"""The headers of pictures for Caddy, to be imported where it serves them."""

from activitypub.opt_out import OptOut, http_headers
from cara_fed.capabilities import policy_letter
from cara_fed.proxies.picture_headers import CDN_CACHE_CONTROL, FIXED_HEADERS, WEB_LETTERS, PolicyHeaders

_NOTICE = "# cara_fed writes this file, and writes it anew at its start.\n"


def build_caddy_headers(said: PolicyHeaders) -> str:
    """Directives for the route of pictures, whose path was matched as ``cara_fed`` (letter, host, rest)."""
    fixed = [f'header {name} "{value}"' for name, value in FIXED_HEADERS]
    name, value = CDN_CACHE_CONTROL
    cdn = [
        f"@cara_fed_given not path_regexp ^/media/[a-z]{WEB_LETTERS}-",
        f'header @cara_fed_given {name} "{value}"',
    ]
    stated = [line for policy in OptOut for line in _state(policy, said)]
    return _NOTICE + "\n".join([*fixed, *cdn, *stated]) + "\n"


def _state(policy: OptOut, said: PolicyHeaders) -> list[str]:
    letter, headers = policy_letter(policy), http_headers(said[policy])
    if not headers:
        return []
    matcher = f"@cara_fed_{letter}"
    lines = [f"\t{name} `{value}`" for name, value in headers]
    return [f"{matcher} path_regexp ^/media/{letter}", f"header {matcher} {{", *lines, "}"]
