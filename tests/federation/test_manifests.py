"""Signed manifests in picture files: made where the admin wants them, saying what everything else says."""

import io
import json
from dataclasses import replace
from typing import Any

import pytest

from activitypub.opt_out import OptOut, cawg_assertion, signals
from cara_fed.config import Config
from cara_fed.errors import ConfigError
from cara_fed.opt_out import manifests
from cara_fed.opt_out.manifests import Certificate
from cara_fed.protection import read_data_mining
from cara_fed.publishing.drafts import PictureDraft
from cara_fed.publishing.edit_post import edit_post, read_edit
from cara_fed.publishing.own_posts import find_own_post
from cara_fed.publishing.update_profile import read_profile, update_profile
from cara_fed.services import open_services
from cara_fed.translate.posts import PostRows, file_name_of
from tests.federation.test_opt_out_files import PICTURES
from tests.support.fediverse import Fediverse, Instance

c2pa = pytest.importorskip("c2pa", reason="the extra c2pa is not installed")
MOST_BYTES = 4096


@pytest.fixture
async def studio(fediverse: Fediverse) -> Instance:
    (studio,) = await fediverse.start("studio.example", protection={"c2pa": True})
    await studio.add_artist("mara")
    return studio


def read_manifest(data: bytes, media_type: str, root: str) -> dict[str, Any] | None:
    """The active manifest, with ``state`` as a reader that trusts this root finds it; None where there is none."""
    settings = c2pa.Settings.from_dict({"trust": {"trust_anchors": root}})
    with c2pa.Context(settings=settings) as context:
        try:
            reader = c2pa.Reader(media_type, io.BytesIO(data), context=context)
        except c2pa.C2paError:
            return None
        store = json.loads(reader.json())
        reader.close()
    manifest: dict[str, Any] = store["manifests"][store["active_manifest"]]
    return manifest | {"state": store["validation_state"]}


async def manifests_of(studio: Instance, rows: PostRows) -> list[dict[str, Any] | None]:
    root = (await studio.get(f"{studio.base}/policies/c2pa.pem", accept="*/*")).text
    found = []
    for picture in rows.pictures:
        for rendition in picture.renditions.values():
            data = await studio.services.media.read("public", file_name_of(rendition))
            found.append(read_manifest(data, rendition.media_type, root))
    return found


def said(policy: OptOut) -> dict[str, Any] | None:
    return cawg_assertion(signals(policy, base_url="https://studio.example"))


async def publish(studio: Instance, policy: OptOut, *pictures: PictureDraft) -> PostRows:
    post = await studio.publish("mara", "new", *pictures, opt_out=policy)
    return await find_own_post(studio.services, await studio.artist("mara"), post.pk)


@pytest.mark.parametrize("policy", [policy for policy in OptOut if policy is not OptOut.UNSET])
async def test_every_file_bears_a_manifest_that_says_the_same(studio: Instance, policy: OptOut) -> None:
    rows = await publish(studio, policy, *PICTURES)
    for manifest in await manifests_of(studio, rows):
        assert manifest is not None
        assert manifest["state"] == "Trusted"
        assertions = {one["label"]: one["data"] for one in manifest["assertions"]}
        assert assertions["cawg.training-mining"] == said(policy)
        assert "thumbnail" not in manifest
    for picture in rows.pictures:
        line = picture.attachment.report[-1]
        assert line["step"] == "sign_manifest"
        assert 0 < line["facts"]["bytes"] <= MOST_BYTES


async def test_nothing_is_signed_where_nothing_is_said(studio: Instance) -> None:
    rows = await publish(studio, OptOut.UNSET, PICTURES[0])
    assert set(await manifests_of(studio, rows)) == {None}
    assert rows.pictures[0].attachment.report[-1]["facts"] == {"bytes": 0}


async def test_a_rewritten_file_is_signed_anew(studio: Instance) -> None:
    rows = await publish(studio, OptOut.NO_AI_TRAINING, *PICTURES)
    artist = rows.artist
    for policy in (OptOut.ALLOW, OptOut.UNSET, OptOut.NO_AI):
        await edit_post(studio.services, artist, rows.post.pk, replace(read_edit(rows), opt_out=policy))
        rows = await find_own_post(studio.services, artist, rows.post.pk)
        for manifest in await manifests_of(studio, rows):
            assert (manifest is None) is (policy is OptOut.UNSET)
            if manifest is not None:
                assert manifest["state"] == "Trusted"
                assert {one["label"]: one["data"] for one in manifest["assertions"]}["cawg.training-mining"] == said(
                    policy
                )
        data = await studio.services.media.read("public", file_name_of(rows.pictures[0].renditions["web"]))
        assert read_data_mining(data) == signals(policy, base_url="https://x.example").data_mining


async def test_a_changed_file_is_found_out(studio: Instance) -> None:
    rows = await publish(studio, OptOut.NO_AI, PICTURES[0])
    rendition = rows.pictures[0].renditions["federated"]
    data = bytearray(await studio.services.media.read("public", file_name_of(rendition)))
    data[-100] ^= 1
    root = (await studio.get(f"{studio.base}/policies/c2pa.pem", accept="*/*")).text
    manifest = read_manifest(bytes(data), rendition.media_type, root)
    assert manifest is not None and manifest["state"] == "Invalid"


async def test_a_portrait_is_signed_too(studio: Instance) -> None:
    artist = await studio.artist("mara")
    changed = await update_profile(studio.services, artist, replace(read_profile(artist), avatar=PICTURES[0].content))
    root = (await studio.get(f"{studio.base}/policies/c2pa.pem", accept="*/*")).text
    name = changed.avatar_hash or ""
    media_type = "image/jpeg" if name.endswith("jpg") else "image/webp"
    manifest = read_manifest(await studio.services.media.read("public", name), media_type, root)
    assert manifest is not None and manifest["state"] == "Trusted"


async def test_it_is_off_by_default_and_the_certificate_is_made_once(fediverse: Fediverse, studio: Instance) -> None:
    (plain,) = await fediverse.start("plain.example")
    assert plain.services.manifests is None
    assert (await plain.get(f"{plain.base}/policies/c2pa.pem", accept="*/*")).status_code == 404
    signer = studio.services.manifests
    assert signer is not None
    async with open_services(studio.services.config) as again:
        assert again.manifests == signer
    assert Certificate.load(signer.certificate.dump()) == signer.certificate
    assert "PRIVATE" not in repr(signer)


async def test_without_the_extra_the_mistake_is_named(studio: Instance, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cara_fed.services.IS_INSTALLED", False)
    config: Config = studio.services.config
    assert manifests.IS_INSTALLED
    with pytest.raises(ConfigError, match=r"protection\.c2pa"):
        async with open_services(config):
            pass
