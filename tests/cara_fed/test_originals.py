"""Sealing originals that were kept before there was a key, or under an older one."""

import hashlib
from dataclasses import replace

import pytest

from cara_fed.doctor.findings import Ill, Skipped
from cara_fed.doctor.inside import Inside
from cara_fed.errors import NotAllowed
from cara_fed.originals import seal_originals
from cara_fed.publishing.drafts import PictureDraft, PostDraft
from cara_fed.publishing.publish_post import publish_post
from cara_fed.services import Services
from storage.artists import Artist
from storage.errors import MediaUnavailable
from storage.media import SealedMedia, SealingKeys
from storage.media.sealed import MAGIC
from tests.support.instances import jpeg

OLD, NEW = b"o" * 32, b"n" * 32


def under(services: Services, *keys: bytes) -> Services:
    plain = services.media.inner if isinstance(services.media, SealedMedia) else services.media
    return replace(services, media=SealedMedia(plain, SealingKeys(keys[0], keys[1:])))


async def test_everything_is_sealed_with_the_key_in_use_and_nothing_twice(services: Services, mara: Artist) -> None:
    with pytest.raises(NotAllowed, match="originals_key_file"):
        await seal_originals(services, lambda *_: None)
    with pytest.raises(Skipped):
        await Inside(services).look_at_originals()
    first, second = jpeg(60, 40), jpeg(50, 50)
    await publish_post(services, mara, PostDraft(pictures=(PictureDraft(first, "a"),)))
    older = under(services, OLD)
    await publish_post(older, mara, PostDraft(pictures=(PictureDraft(second, "b"),)))
    newer, told = under(services, NEW, OLD), []
    with pytest.raises(Ill, match="2 originals"):
        await Inside(newer).look_at_originals()
    done = await seal_originals(newer, lambda *step: told.append(step))
    assert (done.sealed, done.before, done.problems, told) == (2, 0, (), [(1, 2), (2, 2)])
    for content in (first, second):
        name = hashlib.sha256(content).hexdigest()
        assert (await services.media.read("private", name)).startswith(MAGIC)
        assert await under(services, NEW).media.read("private", name) == content
    assert (await seal_originals(newer, lambda *_: None)).before == 2
    assert "sealed" in await Inside(newer).look_at_originals()


async def test_what_is_damaged_or_lacks_its_key_is_told_and_left(services: Services, mara: Artist) -> None:
    content, wrong = jpeg(60, 40), hashlib.sha256(b"something else").hexdigest()
    await publish_post(under(services, OLD), mara, PostDraft(pictures=(PictureDraft(content, "a"),)))
    await services.media.put("private", wrong, b"damaged")
    done = await seal_originals(under(services, NEW), lambda *_: None)
    assert done.sealed == 0
    assert sorted("lacks" in problem for problem in done.problems) == [False, True]
    assert await services.media.read("private", wrong) == b"damaged"
    with pytest.raises(MediaUnavailable, match="lacks"):
        await under(services, NEW).media.read("private", hashlib.sha256(content).hexdigest())


async def test_what_is_sealed_while_it_is_read_is_read_whole(services: Services) -> None:
    content = b"x" * 100
    name = hashlib.sha256(content).hexdigest()
    await services.media.put("private", name, content)
    media = under(services, NEW).media
    assert isinstance(media, SealedMedia)
    reading = media.stream("private", name)
    first = await anext(reading)
    await media.seal_anew(name)
    assert first + b"".join([piece async for piece in reading]) == content
    assert await media.read("private", name) == content
