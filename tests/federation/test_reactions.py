"""Stories of reactions, custom emoji and earlier versions of posts."""

from typing import Any

from cara_fed.publishing.delete_post import delete_post
from cara_fed.publishing.edit_post import edit_post, read_edit
from cara_fed.publishing.own_posts import find_own_post
from storage.post_versions import KEPT, PostVersion
from storage.posts import Post
from tests.federation.test_company import told
from tests.support.fediverse import Fediverse, Instance, picture
from tests.support.strangers import Json, Stranger

CAT = {"type": "Emoji", "name": ":cat:", "icon": {"type": "Image", "url": "https://far.example/cat.png"}}


async def given(instance: Instance, post: Post) -> set[tuple[str, str | None, int]]:
    async with instance.services.database.reading() as records:
        found = (await records.interactions.tally([post.object_id])).reactions
        return {(one.content, one.picture_url, one.count) for one in found.get(post.object_id, [])}


async def versions(instance: Instance, object_id: str) -> list[PostVersion]:
    async with instance.services.database.reading() as records:
        return list(await records.post_versions.find((await records.posts.get(object_id)).pk))


async def start(fediverse: Fediverse) -> tuple[Instance, Post, Stranger]:
    (studio,) = await fediverse.start("studio.example")
    await studio.add_artist("mara")
    return studio, await studio.publish("mara", "a hill"), fediverse.stranger("far.example")


def misskey(eve: Stranger, post: Post, reaction: str, number: int = 1, **changes: Any) -> Json:
    return eve.activity("Like", post.object_id, number, content=reaction, _misskey_reaction=reaction, **changes)


async def test_reactions_are_grouped_and_told_and_taken_back(fediverse: Fediverse) -> None:
    studio, post, eve = await start(fediverse)
    kei = fediverse.stranger("pond.example", "kei")
    thumb = eve.activity("EmojiReact", post.object_id, 1, content="👍")
    cat = misskey(eve, post, ":cat:", 2, tag=[CAT])
    await eve.post(studio.shared_inbox, thumb)
    await eve.post(studio.shared_inbox, cat)
    await kei.post(studio.shared_inbox, misskey(kei, post, "👍"))
    await kei.post(studio.shared_inbox, kei.activity("Like", post.object_id, 2))
    await fediverse.settle()
    assert await given(studio, post) == {("👍", None, 2), (":cat:", "https://far.example/cat.png", 1)}
    assert sorted(await told(studio, "mara")) == [("emoji", eve.actor), ("emoji", kei.actor), ("like", kei.actor)]

    await eve.post(studio.shared_inbox, eve.activity("Undo", thumb))
    await fediverse.settle()
    assert await given(studio, post) == {(":cat:", "https://far.example/cat.png", 1), ("👍", None, 1)}
    assert ("emoji", eve.actor) in await told(studio, "mara")
    await eve.post(studio.shared_inbox, eve.activity("Undo", cat["id"], 2))
    await kei.post(studio.shared_inbox, kei.activity("Undo", {**misskey(kei, post, "👍"), "id": f"{kei.actor}/other"}))
    await fediverse.settle()
    assert await given(studio, post) == set()
    assert await told(studio, "mara") == [("like", kei.actor)]


async def test_words_in_place_of_an_emoji_are_not_shown(fediverse: Fediverse) -> None:
    studio, post, eve = await start(fediverse)
    await eve.post(studio.shared_inbox, eve.activity("EmojiReact", post.object_id, content="you are ugly"))
    await eve.post(studio.shared_inbox, misskey(eve, post, ":unknown:"))
    await fediverse.settle()
    assert await given(studio, post) == set()
    assert await told(studio, "mara") == [("like", eve.actor)]


async def test_one_actor_reacts_so_often_and_no_more(fediverse: Fediverse) -> None:
    studio, post, eve = await start(fediverse)
    for number in range(14):
        reaction = eve.activity("EmojiReact", post.object_id, number, content=chr(0x1F600 + number))
        await eve.post(studio.shared_inbox, reaction)
    await fediverse.settle()
    assert len(await given(studio, post)) == 10


async def test_what_a_post_said_before_is_kept_and_goes_with_it(fediverse: Fediverse) -> None:
    studio, _, eve = await start(fediverse)
    mention = {"tag": [{"type": "Mention", "href": studio.actor("mara")}]}
    first = eve.note(
        1, summary="birds", attachment=[{"type": "Image", "url": "https://far.example/a.png", "name": "a"}]
    )
    said = [
        {**first, **mention},
        {**first, **mention, "content": "<p>more</p>", "updated": "2026-11-22T11:10:00Z"},
        {**first, **mention, "content": "<p>more</p>", "updated": "2026-11-22T11:20:00Z", "likes": 3},
        {**first, **mention, "content": "<p>more</p>", "updated": "2026-11-22T11:30:00Z", "attachment": []},
    ]
    for number, note in enumerate(said):
        await eve.post(studio.shared_inbox, eve.activity("Update" if number else "Create", note, number))
    await fediverse.settle()
    kept = await versions(studio, first["id"])
    assert [(one.content, one.content_warning, one.alts) for one in kept] == [
        ("<p>more</p>", "birds", ["a"]),
        ("<p>note 1</p>", "birds", ["a"]),
    ]
    await eve.post(studio.shared_inbox, eve.activity("Delete", first["id"]))
    await fediverse.settle()
    assert await versions(studio, first["id"]) == []


async def test_edits_of_our_own_are_kept_too(fediverse: Fediverse) -> None:
    (studio,) = await fediverse.start("studio.example")
    await studio.add_artist("mara")
    mara = await studio.artist("mara")
    post = await studio.publish("mara", "a hill", picture("a hill"))
    for text in ("a mountain", "a mountain", "a dune"):
        fediverse.time.now = studio.services.clock.now()
        edit = read_edit(await find_own_post(studio.services, mara, post.pk))
        await edit_post(studio.services, mara, post.pk, type(edit)(**{**_fields(edit), "text": text}))
    kept = [(one.content, one.alts) for one in await versions(studio, post.object_id)]
    assert kept == [("<p>a mountain</p>", ["a hill"]), ("<p>a hill</p>", ["a hill"])]
    await delete_post(studio.services, mara, post.pk)
    assert await versions(studio, post.object_id) == []


def _fields(edit: Any) -> dict[str, Any]:
    return {name: getattr(edit, name) for name in type(edit).__dataclass_fields__}


async def test_of_many_versions_the_first_and_the_last_stay(fediverse: Fediverse) -> None:
    studio, post, _ = await start(fediverse)
    async with studio.services.database.unit_of_work() as records:
        for number in range(KEPT + 3):
            row = PostVersion(pk=number + 1, post_pk=post.pk, made_at=post.published_at, content=str(number))
            await records.post_versions.add(row)
    kept = [int(one.content) for one in await versions(studio, post.object_id)]
    assert len(kept) == KEPT and kept[-1] == 0 and kept[0] == KEPT + 2 and kept[-2] == 4
