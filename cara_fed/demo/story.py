"""The story that the demonstration tells, scene by scene; every sentence is checked before it is said."""

import asyncio
import json
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from PIL import Image
from PIL.ExifTags import IFD, Base

from activitypub.html import strip_html
from cara_fed.commands.common import say
from cara_fed.demo import scenery
from cara_fed.demo.harvester import Harvester, open_client
from cara_fed.demo.instances import DemoInstance, NotAsPromised, until
from cara_fed.federation.client import Response
from storage.attachments import Attachment
from storage.deliveries import SENT
from storage.posts import Post

ALT = "Six ridges of hills in the evening, each darker than the one behind it, under a low sun."
REASON = "feeds posts to a model without asking"
PICK_UP_SECONDS = 2.0
NO_TRAINING = "DMI-PROHIBITED-AIMLTRAINING"
MAX_PICTURE_BYTES = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Cast:
    """Who plays."""

    studio: DemoInstance
    gallery: DemoInstance
    harvester: Harvester
    folder: Path

    @property
    def mara(self) -> str:
        """The artist's id."""
        return self.studio.actor("mara")


async def tell(cast: Cast) -> None:
    """Play all scenes; raises NotAsPromised at the first thing that is not so."""
    await _introduce(cast)
    await _follow(cast)
    post_id = await _publish(cast)
    await _receive(cast, post_id)
    await _refuse(cast, post_id)
    await _publish_again(cast)


async def _introduce(cast: Cast) -> None:
    await cast.studio.run("artist", "add", "mara", "--display-name", "Mara Lind")
    await cast.gallery.run("artist", "add", "theo", "--display-name", "Theo Park")
    say("Two instances and a stranger on this machine:")
    say(f"  the studio     {cast.studio.base}, where the artist @mara@{cast.studio.domain} works")
    say(f"  the gallery    {cast.gallery.base}, where @theo@{cast.gallery.domain} looks at pictures")
    say(f"  a harvester    {cast.harvester.actor_id}, an actor of another server")


async def _follow(cast: Cast) -> None:
    _scene("Theo follows Mara")
    await cast.gallery.run("follow", "theo", f"@mara@{cast.studio.domain}")

    async def accepted() -> bool:
        async with cast.gallery.database() as database, database.reading() as records:
            theo = await records.artists.get("theo")
            return bool(await records.following.find_page(theo.pk))

    await until("the gallery saw the follow accepted", accepted)
    say("  The gallery saw: the studio accepted.")
    async with cast.studio.database() as database, database.reading() as records:
        mara = await records.artists.get("mara")
        followers = [row.actor_id for row in await records.followers.find_page(mara.pk)]
    _promise(followers == [cast.gallery.actor("theo")], "the studio has theo as its one follower")
    say(f"  The studio saw: one follower, {followers[0]}.")


async def _publish(cast: Cast) -> str:
    _scene("Mara publishes a picture")
    file = cast.folder / "evening.jpg"
    await asyncio.to_thread(scenery.draw, file)
    say(f"  Her file: {_describe(file.read_bytes())}, with the place and the camera's serial number inside.")
    output = await cast.studio.run(
        "post", "mara", "--text", "Evening over the ridges #landscape", "--image", str(file), "--alt", ALT
    )
    post_id = output.splitlines()[-1]
    say(f"  The studio published {post_id}")
    async with cast.studio.database() as database, database.reading() as records:
        post = await records.posts.get(post_id)
        pictures = (await records.attachments.find_for_posts([post.pk]))[post.pk]
    for line in pictures[0].attachment.report or ():
        say(f"    - {line['text']}")
    return post_id


async def _receive(cast: Cast, post_id: str) -> None:
    _scene("What the gallery received")
    post, picture = await until("the post stands in Theo's timeline", lambda: _find_at_home(cast, post_id))
    _promise(picture.alt == ALT, "the description of the picture arrived whole")
    say(f"  In Theo's timeline: {strip_html(post.content)}")
    say(f"  The picture is described: {picture.alt}")
    stated = json.loads(post.document or "{}").get("plus:DataMining", "")
    _promise(stated.endswith(NO_TRAINING), "the post's own document says that AI may not be trained on it")
    say(f"  The post's document says: plus:DataMining = {stated}")
    address = picture.remote_url or ""
    say(f"  The picture has an address that was given to the gallery alone:\n    {address}")
    _check_file(await _fetch_picture(address))


async def _find_at_home(cast: Cast, post_id: str) -> tuple[Post, Attachment] | None:
    async with cast.gallery.database() as database, database.reading() as records:
        theo = await records.artists.get("theo")
        for post in await records.posts.find_home(theo.pk):
            pictures = (await records.attachments.find_for_posts([post.pk]))[post.pk]
            if post.object_id == post_id and pictures:
                return post, pictures[0].attachment
    return None


async def _fetch_picture(address: str) -> Response:
    """As every receiving server does: without a signature."""
    client = open_client("gallery/1.0")
    try:
        response = await client.get(address, accept="image/*", max_bytes=MAX_PICTURE_BYTES)
    finally:
        await client.aclose()
    _promise(response.ok, "whoever was given the picture's address can fetch it")
    return response


def _check_file(response: Response) -> None:
    exif = Image.open(BytesIO(response.body)).getexif()
    _promise(not exif.get_ifd(IFD.GPSInfo), "the place is gone from the file")
    _promise(Base.BodySerialNumber not in exif.get_ifd(IFD.Exif), "the serial number is gone from the file")
    _promise(scenery.SERIAL_NUMBER.encode() not in response.body, "the serial number is nowhere in the file")
    _promise(NO_TRAINING.encode() in response.body, "the file says that AI may not be trained on it")
    robots = response.headers.get("x-robots-tag", "")
    _promise("noai" in robots, "the answer's headers say so too")
    say(f"  The file there: {_describe(response.body)}; no place, no serial number.")
    say(f"  Inside it: plus:DataMining = …{NO_TRAINING}. In the headers beside it: X-Robots-Tag: {robots}")


async def _refuse(cast: Cast, post_id: str) -> None:
    _scene("The harvester is listed, and tries all the same")
    await cast.studio.run("blocklist", "add", cast.harvester.actor_id, "--reason", REASON)
    say(f"  The studio listed it: “{REASON}”.")
    await asyncio.sleep(PICK_UP_SECONDS)
    harvester = cast.harvester
    _tell_answer("It asks to follow Mara", await harvester.follow(cast.mara), 403)
    _tell_answer("It asks for Mara's profile, signed", await harvester.fetch(cast.mara, signed=True), 403)
    _tell_answer("It asks for the post, signed", await harvester.fetch(post_id, signed=True), 403)
    _tell_answer("It asks for the post without a signature", await harvester.fetch(post_id, signed=False), 401)
    hits = await until("the refusals are counted", lambda: _find_hits(cast))
    say("  The studio's record (cara-fed blocklist list --hits):")
    for line in hits.splitlines():
        say(f"    {line.expandtabs(4)}")


async def _find_hits(cast: Cast) -> str:
    output = await cast.studio.run("blocklist", "list", "--hits")
    return output if output.startswith("3\t") else ""


async def _publish_again(cast: Cast) -> None:
    _scene("Mara publishes once more")
    post_id = (await cast.studio.run("post", "mara", "--text", "Good night.")).splitlines()[-1]

    async def sent_to() -> list[str]:
        async with cast.studio.database() as database, database.reading() as records:
            (activity,) = await records.outbox_log.find_for_object(post_id)
            deliveries = await records.deliveries.find_for_outbox(activity.pk)
        return [each.inbox for each in deliveries] if all(each.state == SENT for each in deliveries) else []

    inboxes = await until("the second post was delivered", sent_to)
    _promise(inboxes == [f"{cast.gallery.base}/inbox"], "the second post went to the gallery alone")
    say(f"  It was sent to {inboxes[0]}, and to nobody else.")


def _tell_answer(what: str, response: Response, status: int) -> None:
    said = response.body.decode("utf-8", "replace").strip()
    _promise(response.status == status, f"{what.lower()} and is answered {status}, not {response.status} {said}")
    say(f"  {what}: {response.status} {said}")


def _describe(data: bytes) -> str:
    with Image.open(BytesIO(data)) as image:
        return f"{image.width} × {image.height} pixels, {len(data) / 1e6:.1f} MB, {image.format}"


def _promise(kept: bool, what: str) -> None:
    if not kept:
        raise NotAsPromised(what)


def _scene(title: str) -> None:
    say()
    say(title)
