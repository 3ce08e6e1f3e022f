"""What a server asks of signatures in `Accept-Signature` (RFC 9421, section 5), and signing as it asks."""

from dataclasses import dataclass

from activitypub.errors import SignatureMalformed
from activitypub.signatures.structured_fields import InnerList, Item, Member, Parameters, parse_dictionary


@dataclass(frozen=True, slots=True)
class Challenge:
    """One signature asked for: its label, what it must cover, and what must stand in its parameters ("" for nothing).

    `expires` says that a time of expiry is wanted; a time of creation is always given.
    """

    label: str
    covered: tuple[Item, ...]
    key_id: str = ""
    algorithm: str = ""
    nonce: str = ""
    tag: str = ""
    expires: bool = False


def read_challenges(header: str) -> tuple[Challenge, ...]:
    """Every signature that an `Accept-Signature` asks for, in order; none where the header cannot be read."""
    try:
        members = parse_dictionary(header)
    except SignatureMalformed:
        return ()
    return tuple(_read_challenge(label, member) for label, member in members.items() if _is_for_requests(member))


def _is_for_requests(member: Member) -> bool:
    """Whether components are listed, and none of them is a response's, or a request's as seen from its response."""
    if not isinstance(member, InnerList):
        return False
    return all(
        isinstance(item.value, str) and item.value != "@status" and "req" not in item.parameters
        for item in member.items
    )


def _read_challenge(label: str, member: Member) -> Challenge:
    parameters = member.parameters
    return Challenge(
        label=label,
        covered=member.items if isinstance(member, InnerList) else (),
        key_id=_text(parameters, "keyid"),
        algorithm=_text(parameters, "alg"),
        nonce=_text(parameters, "nonce"),
        tag=_text(parameters, "tag"),
        expires="expires" in parameters,
    )


def _text(parameters: Parameters, name: str) -> str:
    value = parameters.get(name)
    return value if isinstance(value, str) else ""
