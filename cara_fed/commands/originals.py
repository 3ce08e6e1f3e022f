"""``cara-fed originals seal``: originals kept before there was a key, or under an older one, sealed with it."""

from time import monotonic
from typing import Final

from cara_fed.commands.common import Arguments, Subcommands, add_command, add_group, hint, opened, say
from cara_fed.originals import seal_originals

TELL_SECONDS: Final = 2.0


def register(subcommands: Subcommands) -> None:
    """Add the commands."""
    group = add_group(subcommands, "originals", "the files that artists uploaded, as they are kept")
    add_command(group, "seal", "seal what is plain, or sealed with an older key; may be run again", run_seal)


async def run_seal(arguments: Arguments) -> int:
    """Seal them, telling how far it has come; 1 where some could not be sealed."""
    hint("A server that was started before the key was named must be started again first, or it cannot open them.")
    async with opened(arguments) as services:
        done = await seal_originals(services, _Teller().tell)
    for problem in done.problems:
        hint(problem)
    say(f"{done.sealed} sealed now, {done.before} before, {len(done.problems)} could not be sealed")
    return 1 if done.problems else 0


class _Teller:
    """Says now and then how far it has come."""

    def __init__(self) -> None:
        self._told = monotonic()

    def tell(self, number: int, of: int) -> None:
        """Hear of one more file."""
        if monotonic() - self._told >= TELL_SECONDS:
            self._told = monotonic()
            hint(f"{number} of {of}")
