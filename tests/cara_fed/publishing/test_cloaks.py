"""Whose word counts for a cloak, and that nothing is published without the one that was asked for."""

import sys
from collections.abc import Mapping
from dataclasses import replace
from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from cara_fed.config import ProtectionSection
from cara_fed.protection.cloak.levels import Cloak
from cara_fed.protection.errors import CloakUnavailable
from cara_fed.publishing.drafts import PictureDraft, PostDraft
from cara_fed.publishing.publish_post import publish_post
from cara_fed.publishing.store_picture import PictureUnusable
from cara_fed.publishing.work_by_command import work_by_command
from cara_fed.running_config import RunningConfig
from cara_fed.services import Services
from storage.artists import Artist
from storage.posts import Post
from tests.support.instances import jpeg

PICTURE = PictureDraft(jpeg(160, 120), alt="a gradient")
TURN = "import sys; from PIL import Image; Image.open(sys.argv[1]).rotate(180).save(sys.argv[2])"


def with_protection(services: Services, **changes: Any) -> Services:
    settings = services.config.protection.model_copy(update=changes)
    return replace(services, running=RunningConfig(services.config.model_copy(update={"protection": settings})))


def program(code: str) -> tuple[str, ...]:
    return (sys.executable, "-c", code, "{in}", "{out}")


async def choose(services: Services, artist: Artist, cloak: Cloak | None) -> Artist:
    async with services.database.unit_of_work() as records:
        row = await records.artists.get_by_pk(artist.pk)
        row.cloak = cloak
    return row


async def cloak_of(services: Services, post: Post) -> Mapping[str, Any]:
    async with services.database.reading() as records:
        (picture,) = (await records.attachments.find_for_posts([post.pk]))[post.pk]
    facts: Mapping[str, Any] = next(line["facts"] for line in picture.attachment.report if line["step"] == "cloak")
    return facts


async def test_the_post_goes_before_the_artist_and_the_artist_before_the_instance(
    services: Services, mara: Artist
) -> None:
    mara = await choose(services, mara, Cloak.INSTANT)
    by_artist = await publish_post(services, mara, PostDraft(pictures=(PICTURE,)))
    assert (await cloak_of(services, by_artist))["cloak"] == "instant"
    own = PostDraft(pictures=(replace(PICTURE, cloak=Cloak.OFF),))
    assert (await cloak_of(services, await publish_post(services, mara, own)))["cloak"] == "off"
    mara, cloaking = await choose(services, mara, None), with_protection(services, cloak="instant")
    by_instance = await publish_post(cloaking, mara, PostDraft(pictures=(PICTURE,)))
    assert (await cloak_of(services, by_instance))["cloak"] == "instant"


async def test_nothing_is_published_or_kept_without_the_cloak_that_was_asked_for(
    services: Services, mara: Artist
) -> None:
    lacking = with_protection(services, cloak_model="nowhere/model.pth")
    for cloak in (Cloak.LIGHT, Cloak.STRONG, Cloak.COMMAND):
        with pytest.raises(PictureUnusable, match="Picture 1: "):
            await publish_post(lacking, mara, PostDraft(pictures=(replace(PICTURE, cloak=cloak),)))
    folder = services.config.resolve(services.config.storage.media)
    assert [path for path in folder.rglob("*") if path.is_file()] == []
    async with services.database.reading() as records:
        assert await records.posts.count_local() == 0


async def test_a_picture_that_is_protected_already_gets_no_marks(services: Services, mara: Artist) -> None:
    marking = with_protection(services, invisible_mark=True)
    draft = PostDraft(pictures=(replace(PICTURE, cloak=Cloak.GLAZED),))
    post = await publish_post(marking, mara, draft)
    assert (await cloak_of(services, post))["cloak"] == "glazed"
    async with services.database.reading() as records:
        (picture,) = (await records.attachments.find_for_posts([post.pk]))[post.pk]
    assert picture.attachment.mark is None


async def test_the_admins_own_program_works_on_the_picture_and_the_original_is_kept(
    services: Services, mara: Artist
) -> None:
    equipped = with_protection(services, command=program(TURN))
    draft = PostDraft(pictures=(replace(PICTURE, cloak=Cloak.COMMAND),))
    post = await publish_post(equipped, mara, draft)
    async with services.database.reading() as records:
        (picture,) = (await records.attachments.find_for_posts([post.pk]))[post.pk]
    federated = picture.renditions["federated"]
    made = Image.open(BytesIO(await services.media.read("public", f"{federated.hash}.{federated.extension}")))
    assert made.getpixel((80, 5))[0] > made.getpixel((80, 115))[0] + 50  # type: ignore[index]
    assert await services.media.read("private", picture.attachment.original_hash or "") == PICTURE.content


FAILING = {
    "fails": ("raise SystemExit(3)", "failed on this picture"),
    "writes nothing": ("pass", "wrote no picture"),
    "writes something else": ("import sys; open(sys.argv[2], 'w').write('hello')", "no picture of the same size"),
    "makes it smaller": (TURN.replace("rotate(180)", "reduce(2)"), "no picture of the same size"),
    "answers with a link": ("import os, sys; os.symlink(sys.argv[1], sys.argv[2])", "wrote no picture"),
    "does not end": ("import time; time.sleep(60)", "took too long"),
    "sees secrets": ("import os; raise SystemExit('CARA_FED_SECRET' not in os.environ)", "failed on this picture"),
}


@pytest.mark.parametrize(("code", "sentence"), FAILING.values(), ids=FAILING.keys())
async def test_a_program_that_does_not_do_its_work_stops_the_picture(
    code: str, sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CARA_FED_SECRET", "x")
    settings = ProtectionSection(command=program(code), command_seconds=1 if "sleep" in code else 60)
    with pytest.raises(CloakUnavailable, match=sentence):
        await work_by_command(settings, jpeg(64, 48))


async def test_a_program_that_is_not_there_and_a_file_that_is_no_picture_are_refused() -> None:
    with pytest.raises(CloakUnavailable, match="cannot be started"):
        await work_by_command(ProtectionSection(command=("/nowhere/at-all", "{in}", "{out}")), jpeg(64, 48))
    with pytest.raises(CloakUnavailable, match="no picture"):
        await work_by_command(ProtectionSection(command=program(TURN)), b"hello")
