"""``cara-fed post``: publishes from a script what the publish form publishes from a browser."""

import argparse
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from activitypub.audience import Visibility
from activitypub.opt_out import OptOut
from cara_fed.commands.common import Arguments, Subcommands, add_command, get_artist, hint, opened, say
from cara_fed.protection.cloak.levels import Cloak
from cara_fed.protection.values import ReportLine
from cara_fed.publishing.drafts import PictureDraft, PostDraft
from cara_fed.publishing.publish_post import publish_post
from cara_fed.recognition.matches import find_matches
from cara_fed.services import Services
from storage.artists import Artist
from storage.posts import Post


def register(subcommands: Subcommands) -> None:
    """Add the command."""
    parser = add_command(subcommands, "post", "publish, and print the post's id on the last line", run_post)
    parser.add_argument("name", metavar="NAME", help="the artist")
    parser.add_argument("--text", default="", metavar="S", help="what it says")
    parser.add_argument(
        "--image", action=_AddImage, dest="images", default=(), metavar="F", help="a picture (up to 20)"
    )
    parser.add_argument(
        "--alt", action=_DescribeImage, dest="images", metavar="S", help="describes the image before it"
    )
    parser.add_argument("--cw", default="", metavar="S", help="a content warning")
    parser.add_argument("--sensitive", action="store_true", help="cover the pictures")
    parser.add_argument("--visibility", type=Visibility, choices=list(Visibility), default=Visibility.PUBLIC)
    parser.add_argument("--opt-out", type=OptOut, choices=list(OptOut), default=None, help="default: the artist's")
    parser.add_argument("--cloak", type=Cloak, choices=list(Cloak), default=None, help="default: the artist's")
    parser.add_argument("--language", default=None, metavar="CODE", help="the text's language, as in en or pt-BR")
    parser.add_argument("--reply-to", default=None, metavar="ID", help="the id of the post that this answers")
    parser.add_argument("--report", action="store_true", help="tell what is done with each picture")


async def run_post(arguments: Arguments) -> int:
    """Publish. A running server delivers within two seconds; without one it is delivered at the next start."""
    draft = PostDraft(
        text=arguments.text,
        pictures=tuple(replace(image, cloak=arguments.cloak) for image in arguments.images),
        content_warning=arguments.cw,
        sensitive=arguments.sensitive,
        visibility=arguments.visibility,
        opt_out=arguments.opt_out,
        language=arguments.language,
        in_reply_to=arguments.reply_to,
    )
    async with opened(arguments) as services:
        artist = await get_artist(services, arguments.name)
        post = await publish_post(services, artist, draft, _tell if arguments.report else None)
        await _tell_matches(services, artist, post)
        say(post.object_id)
    return 0


async def _tell_matches(services: Services, artist: Artist, post: Post) -> None:
    """A script is not asked, but told: what looks like somebody else's work is out."""
    async with services.database.reading() as records:
        pictures = (await records.attachments.find_for_posts([post.pk]))[post.pk]
        looks = [await records.likenesses.find(one.attachment.pk) for one in pictures]
    seen = {n: replace(one, likeness=look) for n, (one, look) in enumerate(zip(pictures, looks, strict=True), start=1)}
    for match in await find_matches(services, artist, seen):
        hint(f"picture {match.number} looks like one by {match.owner}: {match.url}")


def _tell(number: int, line: ReportLine) -> None:
    hint(f"picture {number}: {line.text}")


class _AddImage(argparse.Action):
    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: str | Sequence[Any] | None,
        option_string: str | None = None,
    ) -> None:
        path = Path(str(values))
        namespace.images = (*namespace.images, PictureDraft(path, name=path.name))


class _DescribeImage(argparse.Action):
    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: str | Sequence[Any] | None,
        option_string: str | None = None,
    ) -> None:
        if not namespace.images:
            parser.error("--alt describes the --image that stands before it")
        *others, last = namespace.images
        if last.alt:
            parser.error(f"the image {last.name} is described twice")
        namespace.images = (*others, replace(last, alt=str(values)))
