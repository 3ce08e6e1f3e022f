"""Where on this site which policy is told: the instance's and the artists' own, never a single post's."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from activitypub.opt_out import OptOut
from cara_fed.capabilities import policy_letter
from storage.artists import Artist

_OWN_PATHS: Final = ("/$", "/?", "/tags/", "/feed.", "/search")
_EVERYBODYS_PATHS: Final = ("/@", "/users/")
_ENDS: Final = ("$", "?", "/")


@dataclass(frozen=True, slots=True)
class Rule:
    """A path as robots.txt writes it (its beginning; ``$`` is its end), and what holds there."""

    path: str
    policy: OptOut


@dataclass(frozen=True, slots=True)
class SiteRules:
    """``default`` is the instance's answer, ``exceptions`` those of artists who say something else, by name,
    ``others`` the artists who do not."""

    default: OptOut
    exceptions: Mapping[str, OptOut]
    others: tuple[str, ...] = ()

    @classmethod
    def of(cls, default: OptOut, artists: Iterable[Artist]) -> "SiteRules":
        """The rules of an instance with these artists."""
        answers = {artist.name: OptOut(artist.opt_out or default) for artist in artists}
        exceptions = {name: policy for name, policy in answers.items() if policy is not default}
        return cls(default, exceptions, tuple(name for name in answers if name not in exceptions))

    @property
    def of_artists(self) -> tuple[Rule, ...]:
        """What artists say who do not say what the instance does."""
        return tuple(Rule(path, policy) for name, policy in self.exceptions.items() for path in paths_of(name))

    @property
    def of_pages(self) -> tuple[Rule, ...]:
        """The rules of pages and documents, exceptions first. None covers pictures, whose own headers decide."""
        return (*self.of_artists, *(Rule(path, self.default) for path in self._paths_of_default()))

    @property
    def of_everything(self) -> tuple[Rule, ...]:
        """The rules of the whole site, exceptions first, of which the first that matches holds."""
        if self._is_divided:
            return (*self.of_pages, *media_rules())
        pictures = (rule for rule in media_rules() if rule.policy not in (self.default, OptOut.UNSET))
        return (*self.of_artists, *pictures, Rule("/", self.default))

    @property
    def without_exceptions(self) -> "SiteRules":
        """The instance's own answer alone."""
        return SiteRules(self.default, {})

    @property
    def _is_divided(self) -> bool:
        """Whether nothing can be said of everybody: silence about an artist cannot be written as an exception."""
        return self.default is OptOut.UNSET or OptOut.UNSET in self.exceptions.values()

    def _paths_of_default(self) -> Iterator[str]:
        yield from _OWN_PATHS
        if not self._is_divided:
            yield from _EVERYBODYS_PATHS
            return
        for name in self.others:
            yield from paths_of(name)


def paths_of(name: str) -> tuple[str, ...]:
    """The paths of an artist and of all their work; of nobody whose name merely begins the same."""
    return tuple(f"{start}{name}{end}" for start in ("/@", "/users/") for end in _ENDS)


def media_rules() -> tuple[Rule, ...]:
    """Pictures by what their own addresses say of them: the capability begins with the policy's letter."""
    return tuple(Rule(f"/media/{policy_letter(policy)}", policy) for policy in OptOut)
