"""Threads: what was answered to a post, and to that, a level at a time and never a query for each."""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from cara_fed.web.parts import Entry
from storage.posts import Post
from storage.records import Records

DEEPEST, MOST = 8, 100
DEEPEST_SHOWN = 4
"""Further in than this nothing moves aside: a phone has no room for it."""

Choose = Callable[[Sequence[Post]], Awaitable[Sequence[Post]]]
"""Out of posts those that may be shown."""


@dataclass(frozen=True, slots=True)
class Branch:
    """A post of a thread; ``depth`` is 0 for what answers the post itself."""

    post: Post
    depth: int


async def find_below(
    records: Records, post: Post, visibilities: Sequence[str], choose: Choose, most: int = MOST
) -> list[Branch]:
    """What was answered, at most ``most`` of it and DEEPEST levels down; every answer follows what it answers."""
    below: dict[str, list[Post]] = defaultdict(list)
    level, left, seen = [post.object_id], most, {post.object_id}
    for _ in range(DEEPEST):
        if not level or left <= 0:
            break
        found = await choose(await records.posts.find_answers(level, visibilities, limit=left))
        fresh = [answer for answer in found if answer.object_id not in seen]
        for answer in fresh:
            below[answer.in_reply_to or ""].append(answer)
        level, left = [answer.object_id for answer in fresh], left - len(fresh)
        seen.update(level)
    return _in_order(below, post.object_id)


def hang_thread(branches: Sequence[Branch], entries: Mapping[int, Entry]) -> tuple[Entry, ...]:
    """The branches as entries, each as far in as it lies; their place says what they answer."""
    return tuple(
        replace(entries[branch.post.pk], depth=min(branch.depth, DEEPEST_SHOWN), answers=None)
        for branch in branches
        if branch.post.pk in entries
    )


def _in_order(below: Mapping[str, list[Post]], object_id: str) -> list[Branch]:
    found: list[Branch] = []
    waiting = [Branch(answer, 0) for answer in reversed(below.get(object_id, []))]
    while waiting:
        branch = waiting.pop()
        found.append(branch)
        answers = below.get(branch.post.object_id, [])
        waiting.extend(Branch(answer, branch.depth + 1) for answer in reversed(answers))
    return found
