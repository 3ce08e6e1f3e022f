"""Who made a work beside its author: in schema.org's words for machines, and as a line that any server shows."""

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape

from activitypub.documents import Json
from activitypub.tags import Mention


@dataclass(frozen=True, slots=True)
class Contributor:
    """Somebody who agreed to be named; `role` is the author's own word for what they did, empty for none."""

    mention: Mention
    role: str = ""


def build_contributors(contributors: Iterable[Contributor]) -> Json:
    """`contributor` of a post, each in a Role; nothing where the author made it alone."""
    named = [
        {
            "type": "Role",
            "contributor": one.mention.actor_id,
            **({"roleName": one.role} if one.role else {}),
        }
        for one in contributors
    ]
    return {"contributor": named} if named else {}


def render_contributors(contributors: Iterable[Contributor]) -> str:
    """The same as a last paragraph of the content: Mastodon keeps what is written, and one author."""
    named = ", ".join(_render(one) for one in contributors)
    return f"<p>With {named}</p>" if named else ""


def _render(one: Contributor) -> str:
    mention, role = one.mention, f" ({escape(one.role)})" if one.role else ""
    address = escape(mention.url or mention.actor_id)
    return f'<a href="{address}" class="u-url mention">{escape(mention.handle)}</a>{role}'
