"""What the world is told about one post, for its artist to read."""

from quart import Blueprint
from quart.typing import ResponseReturnValue

from cara_fed.opt_out.history import picture_subject
from cara_fed.opt_out.statements import collect_statements
from cara_fed.translate.posts import PostRows
from cara_fed.web.house import house, services
from cara_fed.web.pages.editing import find_own
from cara_fed.web.showing import show
from cara_fed.web.studio_views import PostOptOutPage, ToldChange, ToldStatement
from storage.opt_out_changes import OptOutChange

room = Blueprint("opt_out", __name__)


@room.get("/@<name>/<pk:pk>/opt-out")
async def show_statements(name: str, pk: int) -> ResponseReturnValue:
    """Every surface as raw text, and who decided what when. For everybody but the artist there is nothing here."""
    rows = await find_own(name, pk)
    statements = await collect_statements(services(), rows)
    changes = await _find_changes(rows)
    return await show(
        PostOptOutPage(
            post=house().gallery.post(rows),
            statements=tuple(ToldStatement(one.surface, one.place, one.text) for one in statements),
            changes=tuple(ToldChange(one.level, one.old, one.new, one.changed_by, one.changed_at) for one in changes),
        )
    )


async def _find_changes(rows: PostRows) -> list[OptOutChange]:
    site, post = services().site, rows.post
    pictures = (picture_subject(post.object_id, picture.attachment.pk) for picture in rows.pictures)
    async with services().database.reading() as records:
        found = await records.opt_out_changes.find((site.base, post.actor_id, post.object_id, *pictures))
    return list(found)
