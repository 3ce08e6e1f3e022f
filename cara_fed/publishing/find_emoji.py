"""Which custom emoji of the house a text holds, as its row keeps them."""

from activitypub.html import find_shortcodes
from storage.records import Records


async def find_emoji(records: Records, *texts: str) -> list[dict[str, str]]:
    """Those that may be used now, each once, as ``{"shortcode", "file"}``; no query where no text could hold one."""
    named = find_shortcodes("\n".join(texts))
    if not named:
        return []
    files = await records.custom_emoji.find_usable(named)
    return [{"shortcode": shortcode, "file": files[shortcode]} for shortcode in named if shortcode in files]
