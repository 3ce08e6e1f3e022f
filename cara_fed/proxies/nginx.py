"""Maps and headers for nginx: which addresses are revoked, which crawlers refused, and what a picture says about AI."""

from collections.abc import Iterable, Mapping
from typing import Final

from activitypub.opt_out import OptOut, http_headers
from cara_fed.capabilities import host_letters, policy_letter
from cara_fed.opt_out.agents import Agent
from cara_fed.proxies.agent_patterns import build_patterns, group_agents
from cara_fed.proxies.picture_headers import FIXED_HEADERS, TYPES, WEB_LETTERS, PolicyHeaders

_NOTICE: Final = "# cara_fed writes this file, and writes it anew when the blocklist or the known crawlers change.\n"


def build_nginx_maps(revoked: Iterable[int], agents: Iterable[Agent], said: PolicyHeaders) -> str:
    """What belongs at the level of ``http``; ``revoked`` are the numbers of hosts that are listed."""
    parts = (
        _map("$cara_fed_host", "$cara_fed_revoked", {host_letters(n): "1" for n in sorted(revoked)}, "0"),
        _map("$cara_fed_host", "$cara_fed_cdn_cache_control", {WEB_LETTERS: ""}, "no-cache"),
        _map("$http_user_agent", "$cara_fed_reserved", _patterns(agents), "-"),
        _map("$http_signature$http_signature_input", "$cara_fed_signed", {"": "0"}, "1"),
        # Where answers are kept, a name in a header must not be kept with them; a signed visit is judged each time.
        _map("$cara_fed_signed", "$cara_fed_user_agent", {"1": "$http_user_agent"}, ""),
        # Refused is an unsigned crawler where the address's own letter is among those that refuse it.
        _map("$cara_fed_signed$cara_fed_letter$cara_fed_reserved", "$cara_fed_refused", {r"~^0([a-z]).*\1": "1"}, "0"),
        *(_map("$cara_fed_letter", _variable(name), values, "") for name, values in _by_header(said).items()),
    )
    return _NOTICE + "\n".join(parts)


def build_nginx_headers(said: PolicyHeaders) -> str:
    """What belongs into the location of pictures: their types, and every header, whatever the status."""
    types = "".join(f"    {media_type} {extension};\n" for extension, media_type in TYPES.items())
    fixed = "".join(f'add_header {name} "{value}" always;\n' for name, value in FIXED_HEADERS)
    stated = "".join(f"add_header {name} {_variable(name)} always;\n" for name in _by_header(said))
    cdn = "add_header CDN-Cache-Control $cara_fed_cdn_cache_control always;\n"
    return f"{_NOTICE}types {{\n{types}}}\n{fixed}{cdn}{stated}"


def _patterns(agents: Iterable[Agent]) -> dict[str, str]:
    groups = group_agents(agents)
    return {
        f"~*{pattern}": letters or "-"
        for letters, names in groups.items()
        for pattern in build_patterns(names, "cara_fed_agent")
    }


def _by_header(said: PolicyHeaders) -> dict[str, dict[str, str]]:
    """The values of each header by the policy's letter."""
    headers: dict[str, dict[str, str]] = {}
    for policy in OptOut:
        for name, value in http_headers(said[policy]):
            headers.setdefault(name, {})[policy_letter(policy)] = value
    return headers


def _variable(header: str) -> str:
    return f"$cara_fed_{header.lower().replace('-', '_')}"


def _map(source: str, target: str, values: Mapping[str, str], default: str) -> str:
    lines = "".join(f'    "{_quote(key)}" "{_quote(value)}";\n' for key, value in values.items())
    return f'map "{source}" {target} {{\n    default "{default}";\n{lines}}}\n'


def _quote(text: str) -> str:
    return text.replace('"', '\\"')
