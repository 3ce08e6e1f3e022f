"""One policy of four levels: said with date and author, written into files, told to everybody again when it changes."""

import json
from dataclasses import replace

import pytest
from sqlmodel import col, select

from activitypub.opt_out import OptOut
from cara_fed.config import Config
from cara_fed.opt_out.history import note_default
from cara_fed.protection import read_data_mining, read_xmp
from cara_fed.publishing.drafts import PictureDraft, PostDraft
from cara_fed.publishing.edit_post import edit_post, read_edit
from cara_fed.publishing.own_posts import find_own_post
from cara_fed.publishing.publish_post import publish_post
from cara_fed.publishing.restate_all import ask_restating, restate_once
from cara_fed.publishing.restate_profiles import restate_profiles
from cara_fed.publishing.update_profile import read_profile, update_profile
from cara_fed.services import Services, open_services
from cara_fed.translate.posts import PostRows, file_name_of
from cara_fed.translate.rights import DIGITAL_SOURCES, LICENSES
from storage.artists import Artist
from storage.outbox_log import OutboxActivity
from storage.posts import Post
from tests.support.clocks import StoryTime
from tests.support.instances import jpeg

MARA = "https://studio.example/users/mara"
BY = next(iter(LICENSES))


async def publish(services: Services, artist: Artist, **choices: object) -> Post:
    draft = PostDraft(text="new", pictures=(PictureDraft(jpeg()), PictureDraft(jpeg(320, 240))), **choices)  # type: ignore[arg-type]
    return await publish_post(services, artist, draft)


async def history(services: Services) -> list[tuple[str, str, str | None, str | None, str]]:
    async with services.database.reading() as records:
        base, actor = services.site.base, MARA
        posts = await records.posts.find_by_actor(actor, ("public",))
        pictures = await records.attachments.find_for_posts([post.pk for post in posts])
        subjects = [base, actor, *(post.object_id for post in posts)]
        subjects += [f"{post.object_id}#{one.attachment.pk}" for post in posts for one in pictures[post.pk]]
        changes = await records.opt_out_changes.find(subjects)
        return [(one.level, one.subject, one.old, one.new, one.changed_by) for one in changes]


async def stated_in_files(services: Services, rows: PostRows) -> list[set[str | None]]:
    """The plus:DataMining values in each picture's files."""
    found = []
    for picture in rows.pictures:
        files = [await services.media.read("public", file_name_of(one)) for one in picture.renditions.values()]
        found.append({(read_data_mining(data) or "").rpartition("DMI-")[2] for data in files})
    return found


async def last_activity(services: Services) -> dict[str, object]:
    async with services.database.reading() as records:
        newest = select(OutboxActivity).order_by(col(OutboxActivity.pk).desc()).limit(1)
        row = (await records.outbox_log.session.exec(newest)).one()
    document: dict[str, object] = json.loads(row.body)
    return document


async def test_every_level_is_written_down(services: Services, mara: Artist, config: Config, time: StoryTime) -> None:
    artist = await update_profile(services, mara, replace(read_profile(mara), opt_out=OptOut.NO_AI))
    post = await publish(services, artist, opt_out=OptOut.ALLOW)
    quiet = await publish(services, artist)
    rows = await find_own_post(services, artist, post.pk)
    first, second = read_edit(rows).pictures
    edit = replace(read_edit(rows), opt_out=OptOut.UNSET, pictures=(replace(first, opt_out=OptOut.NO_AI), second))  # type: ignore[arg-type]
    await edit_post(services, artist, post.pk, edit)
    async with services.database.unit_of_work() as records:
        changed = config.model_copy(update={"opt_out": config.opt_out.model_copy(update={"default": OptOut.NO_AI})})
        await note_default(records, services.clock, changed)
        await note_default(records, services.clock, changed)

    picture = f"{post.object_id}#{rows.pictures[0].attachment.pk}"
    assert await history(services) == [
        ("instance", "https://studio.example", None, "no-ai-training", "instance.toml"),
        ("artist", MARA, None, "no-ai", MARA),
        ("post", post.object_id, None, "allow", MARA),
        ("post", post.object_id, "allow", "unset", MARA),
        ("picture", picture, None, "no-ai", MARA),
        ("instance", "https://studio.example", "no-ai-training", "no-ai", "instance.toml"),
    ]
    assert quiet.opt_out == OptOut.NO_AI


async def test_a_changed_opt_out_rewrites_files_and_tells_everybody(services: Services, mara: Artist) -> None:
    post = await publish(services, mara)
    before = await find_own_post(services, mara, post.pk)
    assert await stated_in_files(services, before) == [{"PROHIBITED-AIMLTRAINING"}] * 2

    first, second = read_edit(before).pictures
    edit = replace(read_edit(before), opt_out=OptOut.ALLOW, pictures=(replace(first, opt_out=OptOut.UNSET), second))  # type: ignore[arg-type]
    await edit_post(services, mara, post.pk, edit)
    after = await find_own_post(services, mara, post.pk)

    assert await stated_in_files(services, after) == [{""}, {"ALLOWED"}]
    names = [{one.hash for one in picture.renditions.values()} for picture in (*before.pictures, *after.pictures)]
    assert not (names[0] | names[1]) & (names[2] | names[3])
    for picture in before.pictures:
        for rendition in picture.renditions.values():
            assert not await services.media.exists("public", file_name_of(rendition))
    update = await last_activity(services)
    note = update["object"]
    assert (update["type"], note["plus:DataMining"][-7:]) == ("Update", "ALLOWED")  # type: ignore[index]
    assert "plus:DataMining" not in note["attachment"][0]  # type: ignore[index]
    report = after.pictures[1].attachment.report
    assert report[-2]["facts"]["data_mining"].endswith("ALLOWED")


async def test_the_pixels_of_a_rewritten_file_stay(services: Services, mara: Artist) -> None:
    post = await publish(services, mara)
    before = await find_own_post(services, mara, post.pk)
    await edit_post(services, mara, post.pk, replace(read_edit(before), opt_out=OptOut.NO_AI))
    after = await find_own_post(services, mara, post.pk)
    for old, new in zip(before.pictures, after.pictures, strict=True):
        assert old.attachment.original_hash == new.attachment.original_hash
        assert await services.media.exists("private", new.attachment.original_hash or "")
        for kind, rendition in new.renditions.items():
            was = old.renditions[kind]
            assert (rendition.width, rendition.height, rendition.media_type) == (was.width, was.height, was.media_type)
            assert rendition.byte_size == len(await services.media.read("public", file_name_of(rendition)))


async def test_a_changed_licence_does_so_too(services: Services, mara: Artist) -> None:
    post = await publish(services, mara, license=BY, digital_source_type=next(iter(DIGITAL_SOURCES)))
    rows = await find_own_post(services, mara, post.pk)
    note = (await last_activity(services))["object"]
    for document in (note, *note["attachment"]):  # type: ignore[index,misc]
        assert document["license"] == BY
        assert document["digitalSourceType"].endswith("/digitalCreation")
        assert document["creditText"] == "@mara@studio.example"
        assert document["copyrightNotice"] == "© @mara@studio.example"
    packet = read_xmp(await services.media.read("public", file_name_of(rows.pictures[0].renditions["federated"])))
    assert packet is not None and BY.encode() in packet and b"digitalCreation" in packet

    await edit_post(services, mara, post.pk, replace(read_edit(rows), license=""))
    after = await find_own_post(services, mara, post.pk)
    packet = read_xmp(await services.media.read("public", file_name_of(after.pictures[0].renditions["federated"])))
    assert packet is not None and b"creativecommons" not in packet.replace(b"creativecommons.org/ns#", b"")
    assert "license" not in (await last_activity(services))["object"]  # type: ignore[operator]


async def test_a_text_that_changes_keeps_the_files(services: Services, mara: Artist) -> None:
    post = await publish(services, mara)
    before = await find_own_post(services, mara, post.pk)
    await edit_post(services, mara, post.pk, replace(read_edit(before), text="other"))
    after = await find_own_post(services, mara, post.pk)
    assert [one.renditions["web"].hash for one in after.pictures] == [
        one.renditions["web"].hash for one in before.pictures
    ]


async def test_a_changed_default_waits_to_be_asked(services: Services, mara: Artist) -> None:
    chosen = await publish(services, mara, opt_out=OptOut.NO_AI_TRAINING)
    inherited = await publish(services, mara)
    artist = await update_profile(services, mara, replace(read_profile(mara), opt_out=OptOut.NO_AUTOMATED_USE))

    async def policies() -> list[str | None]:
        rows = [await find_own_post(services, artist, post.pk) for post in (chosen, inherited)]
        files = [await stated_in_files(services, one) for one in rows]
        return [*(one.post.opt_out for one in rows), *(value for one in files for value in one[0])]

    same = "PROHIBITED-AIMLTRAINING"
    assert await policies() == ["no-ai-training", "no-ai-training", same, same]
    assert not await restate_once(services)

    await ask_restating(services, artist)
    while await restate_once(services):
        pass
    assert await policies() == ["no-ai-training", "no-automated-use", same, "PROHIBITED"]
    assert not await restate_once(services)
    update = await last_activity(services)
    assert update["object"]["id"] == inherited.object_id  # type: ignore[index]


@pytest.mark.parametrize(
    ("policy", "words"),
    [
        (OptOut.NO_AI_TRAINING, "Not permitted"),
        (OptOut.ALLOW, "Permitted"),
        (OptOut.UNSET, None),
    ],
)
async def test_the_line_on_the_profile(services: Services, mara: Artist, policy: OptOut, words: str | None) -> None:
    artist = await update_profile(services, mara, replace(read_profile(mara), opt_out=policy))
    lines = {one["name"]: one["value"] for one in (await last_activity(services))["object"]["attachment"]}  # type: ignore[index]
    assert lines.get("AI training", "").startswith(words or "") and ("AI training" in lines) is (words is not None)
    await update_profile(services, artist, replace(read_profile(artist), states_opt_out=False))
    assert (await last_activity(services))["object"]["attachment"] == []  # type: ignore[index]


async def test_the_hashtag_is_the_artists_choice(services: Services, mara: Artist) -> None:
    await publish(services, mara)
    assert (await last_activity(services))["object"]["tag"] == []  # type: ignore[index]
    artist = await update_profile(services, mara, replace(read_profile(mara), tags_no_ai=True))
    post = await publish(services, artist)
    note = (await last_activity(services))["object"]
    assert [tag["name"] for tag in note["tag"]] == ["#NoAI"]  # type: ignore[index]
    assert note["content"].endswith("#<span>NoAI</span></a></p>")  # type: ignore[index]
    assert "NoAI" not in post.content

    rows = await find_own_post(services, artist, post.pk)
    await edit_post(services, artist, post.pk, replace(read_edit(rows), opt_out=OptOut.ALLOW))
    note = (await last_activity(services))["object"]
    assert note["tag"] == [] and "NoAI" not in note["content"]  # type: ignore[index]

    own = await publish_post(services, artist, PostDraft(text="mine #noai"))
    note = (await last_activity(services))["object"]
    assert [tag["name"] for tag in note["tag"]] == ["#noai"]  # type: ignore[index]
    assert note["content"].count("noai</span>") == 1 and own.hashtags == ["noai"]  # type: ignore[index]


async def test_a_portrait_says_what_its_artist_says(services: Services, mara: Artist) -> None:
    artist = await update_profile(services, mara, replace(read_profile(mara), avatar=jpeg(200, 200)))
    first = artist.avatar_hash or ""
    assert (read_data_mining(await services.media.read("public", first)) or "").endswith("AIMLTRAINING")
    artist = await update_profile(services, artist, replace(read_profile(artist), opt_out=OptOut.ALLOW))
    assert artist.avatar_hash != first
    assert (read_data_mining(await services.media.read("public", artist.avatar_hash or "")) or "").endswith("ALLOWED")


async def test_a_portrait_says_what_instance_toml_says_after_it_changed(
    services: Services, mara: Artist, config: Config
) -> None:
    artist = await update_profile(services, mara, replace(read_profile(mara), avatar=jpeg(200, 200)))
    assert not await restate_profiles(services)
    later = config.model_copy(update={"opt_out": config.opt_out.model_copy(update={"default": OptOut.ALLOW})})
    async with open_services(later, clock=services.clock) as changed:
        assert await restate_profiles(changed)
        assert not await restate_profiles(changed)
        async with changed.database.reading() as records:
            artist = await records.artists.get("mara")
        portrait = await changed.media.read("public", artist.avatar_hash or "")
        assert (read_data_mining(portrait) or "").endswith("ALLOWED")
        actor = (await last_activity(changed))["object"]
        assert actor["plus:DataMining"].endswith("ALLOWED")  # type: ignore[index]
