"""Pictures in schema.org's words: what image searches show beside a picture, and whom to ask for a licence."""

import json
from collections.abc import Sequence
from typing import Any, Final

from activitypub.documents import Json
from activitypub.identifiers import Site
from activitypub.notes import build_rights
from activitypub.opt_out import OptOut
from cara_fed.translate.opt_outs import effective_opt_out, signals_for
from cara_fed.translate.posts import PostRows
from cara_fed.translate.rights import read_rights
from storage.attachments import Picture

# Within a script element only these could end it, or open a comment.
_ESCAPES: Final = {ord("<"): r"\u003c", ord(">"): r"\u003e", ord("&"): r"\u0026", 0x2028: r"\u2028", 0x2029: r"\u2029"}


def build_image_objects(rows: PostRows, urls: Sequence[str], site: Site, default: OptOut) -> Any:
    """An ImageObject for each picture, ``urls`` being where their files are; one by itself, several as a list."""
    built = [
        _build_image_object(rows, picture, url, site, default) for picture, url in zip(rows.pictures, urls, strict=True)
    ]
    return built[0] if len(built) == 1 else built


def dump_for_script(document: Any) -> str:
    """JSON that may stand within a script element, whatever people wrote into it."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).translate(_ESCAPES)


def _build_image_object(rows: PostRows, picture: Picture, url: str, site: Site, default: OptOut) -> Json:
    artist, post = rows.artist, rows.post
    said = signals_for(effective_opt_out(default, artist, post, picture.attachment), site, default)
    return {
        "@context": "https://schema.org",
        "@type": "ImageObject",
        "contentUrl": url,
        "creator": {
            "@type": "Person",
            "name": artist.display_name or artist.name,
            "url": site.profile_page(artist.name),
        },
        **build_rights(read_rights(artist, post, site)),
        **({"usageInfo": said.usage_info} if said.usage_info else {}),
    }
