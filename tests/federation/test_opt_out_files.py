"""The files of pictures: every format says it, other tools read it, and a changed mind reaches all of them."""

import json
import re
import shutil
import subprocess
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from urllib.parse import quote

from PIL import Image

from activitypub.opt_out import OptOut
from cara_fed.protection import read_data_mining, read_xmp
from cara_fed.publishing.drafts import PictureDraft
from cara_fed.publishing.edit_post import edit_post, read_edit
from cara_fed.publishing.own_posts import find_own_post
from cara_fed.translate.rights import DIGITAL_SOURCES
from tests.federation.test_opt_out_everywhere import require_embed, require_page, require_picture
from tests.support.fediverse import Fediverse, picture
from tests.support.houses import BASE, HTML, House, Work, open_house, publish, require_terms


def save(kind: str) -> bytes:
    image = Image.linear_gradient("L").resize((64, 48)).convert("RGB")
    file = BytesIO()
    if kind == "GIF":
        frames = [image.rotate(turn).quantize(16) for turn in (0, 90, 180)]
        frames[0].save(file, "GIF", save_all=True, append_images=frames[1:], duration=100)
    else:
        if kind == "PNG":  # of what is transparent, other servers get a PNG
            image.putalpha(Image.linear_gradient("L").rotate(90).resize((64, 48)))
        image.save(file, kind)
    return file.getvalue()


PICTURES = tuple(PictureDraft(save(kind), alt=kind, name=kind) for kind in ("JPEG", "PNG", "WEBP", "GIF"))


async def test_every_format_says_it_and_other_tools_read_it(fediverse: Fediverse, tmp_path: Path) -> None:
    house = await open_house(fediverse, OptOut.NO_AI_TRAINING)
    await house.studio.add_artist("mara")
    for policy in OptOut:
        post = await house.studio.publish("mara", "new", *PICTURES, opt_out=policy)
        formats = set()
        for number, url in enumerate(await all_files(house, post.object_id)):
            data = (await house.ask(url)).content
            assert read_data_mining(data) == house.said(policy).data_mining
            assert read_xmp(data) is not None
            formats.add(Image.open(BytesIO(data)).format)
            (tmp_path / f"{policy}.{number}.{url.rpartition('.')[2]}").write_bytes(data)
        assert formats >= {"JPEG", "PNG", "WEBP", "GIF"}
    if shutil.which("exiftool"):
        require_exiftool(tmp_path, house)


async def all_files(house: House, object_id: str) -> list[str]:
    note = (await house.document(object_id)).json()
    page = (await house.ask(note["url"], HTML)).text
    shown = re.findall(r"/media/[a-z-]+/[0-9a-f]+\.[a-z]+", page)
    return sorted({*(attachment["url"] for attachment in note["attachment"]), *(BASE + path for path in shown)})


def require_exiftool(folder: Path, house: House) -> None:
    """ExifTool reads the same value, and in JPEG the IPTC fields beside it."""
    ran = subprocess.run(
        ["exiftool", "-json", "-n", "-G1", "-XMP-plus:DataMining", "-XMP-dc:Rights", "-IPTC:CopyrightNotice",
         "-XMP-xmpRights:WebStatement", "-IPTC:Credit", "-FileType", folder],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    files = json.loads(ran.stdout)
    assert len(files) >= 40
    for file in files:
        said = house.said(OptOut(Path(file["SourceFile"]).name.partition(".")[0]))
        assert (file.get("XMP-plus:DataMining") or None) == said.data_mining
        assert file.get("XMP-xmpRights:WebStatement") == said.usage_info
        assert file["XMP-dc:Rights"] == "© @mara@studio.example"
        if file["File:FileType"] == "JPEG":
            assert file["IPTC:CopyrightNotice"] == "© @mara@studio.example"
            assert file["IPTC:Credit"] == "@mara@studio.example"


async def test_a_changed_mind_reaches_every_surface(fediverse: Fediverse) -> None:
    house = await open_house(fediverse, OptOut.NO_AI_TRAINING)
    await house.studio.add_artist("mara")
    work = await publish(house, "mara", house.default, None, None, None)
    old = dict(await require_page(house, work))
    artist, services = await house.studio.artist("mara"), house.studio.services
    rows = await find_own_post(services, artist, work.pk)
    await edit_post(services, artist, work.pk, replace(read_edit(rows), opt_out=OptOut.NO_AUTOMATED_USE))
    for url in old:
        assert (await house.ask(url)).status_code == 404
    changed = replace(work, post=OptOut.NO_AUTOMATED_USE, pictures=(OptOut.NO_AUTOMATED_USE,) * 2)
    new = await require_page(house, changed)
    for url, policy in {**dict(new), **dict(await require_documents_alone(house, changed))}.items():
        await require_picture(house, url, house.said(policy))
    await require_embed(house, changed)


async def require_documents_alone(house: House, work: Work) -> list[tuple[str, OptOut]]:
    note = (await house.document(work.object_id)).json()
    require_terms(note, house.said(work.post))
    return [(one["url"], policy) for one, policy in zip(note["attachment"], work.pictures, strict=True)]


async def test_how_it_was_made_is_said_everywhere_or_nowhere(fediverse: Fediverse) -> None:
    house = await open_house(fediverse, OptOut.NO_AI_TRAINING)
    await house.studio.add_artist("mara")
    scanned, words = next(item for item in DIGITAL_SOURCES.items() if item[0].endswith("/print"))
    for source in (scanned, ""):
        post = await house.studio.publish("mara", "new", picture(), digital_source_type=source)
        note = (await house.document(post.object_id)).json()
        page = (await house.ask(post.url, HTML)).text
        [data] = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page)
        embed = (await house.ask(f"/oembed?url={quote(post.url, safe='')}")).json()
        for stated in (note, *note["attachment"], json.loads(data), embed):
            assert stated.get("digitalSourceType", "") == source
        assert (f"<dd>{words}</dd>" in page) is bool(source)
        for url in await all_files(house, post.object_id):
            packet = read_xmp((await house.ask(url)).content) or b""
            assert (source.encode() in packet and b"DigitalSourceType" in packet) is bool(source)
