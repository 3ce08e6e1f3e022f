"""The one table from a policy to what every surface says. No surface decides anything for itself."""

from dataclasses import dataclass

from activitypub.opt_out.policy import OptOut

AI_POLICY_PATH = "/policies/ai"
LICENSE_PATH = "/license.xml"
TDM_POLICY_NUMBERS = {OptOut.NO_AI_TRAINING: 1, OptOut.NO_AI: 2, OptOut.NO_AUTOMATED_USE: 3}
"""Which /policies/tdm/N each reserving policy has."""

_DMI = "http://ns.useplus.org/ldf/vocab/DMI-"
_TRAINING_ENTRIES = ("cawg.ai_training", "cawg.ai_generative_training")
_ALL_ENTRIES = ("cawg.data_mining", "cawg.ai_inference", *_TRAINING_ENTRIES)


@dataclass(frozen=True, slots=True)
class Signals:
    """What one policy says on every surface. None or an empty tuple means that the surface stays silent."""

    policy: OptOut
    data_mining: str | None = None
    """PLUS/IPTC Data Mining value, a full IRI: in objects and as the XMP ``plus:DataMining``."""
    tdm_reservation: int | None = None
    """W3C TDMRep: 1 reserved, 0 not reserved."""
    tdm_policy: str | None = None
    """Where the ODRL policy stands, for a reservation."""
    content_usage: str | None = None
    """IETF AIPREF dictionary, for the Content-Usage header and for robots.txt."""
    content_signal: str | None = None
    """Content Signals, for robots.txt."""
    robots: tuple[str, ...] = ()
    """Directives of X-Robots-Tag and of the robots meta tag. None has a colon: a colon hides the rest of the line
    from img2dataset, which takes what stands before it for an agent's name."""
    rsl_permits: tuple[str, ...] = ()
    rsl_prohibits: tuple[str, ...] = ()
    """Usage tokens of RSL 1.0."""
    cawg: tuple[tuple[str, str], ...] = ()
    """Entries of the C2PA assertion ``cawg.training-mining`` with their ``use``."""
    usage_info: str | None = None
    """The page in plain words that says what is reserved."""
    license_url: str | None = None
    """The RSL licence of what has this policy."""
    otherwise: tuple[str, ...] = ()
    """Fedibird's ``otherSetting`` names that are true of such an actor."""


def signals(policy: OptOut, *, base_url: str, site_policy: OptOut | None = None) -> Signals:
    """What ``policy`` says everywhere. ``base_url`` is the instance's scheme and authority, without a slash at the end.

    ``/license.xml`` speaks for the whole site, so what has another policy than the site's links a licence of its own
    (the same address with ``?policy=``); without ``site_policy`` that is always done.
    """
    if policy is OptOut.UNSET:
        return Signals(policy)
    if policy is OptOut.ALLOW:
        return _allow(_license_url(policy, base_url, site_policy))
    return _reserve(policy, base_url, _license_url(policy, base_url, site_policy))


def policy_of_tdm_number(number: int) -> OptOut | None:
    """Which policy /policies/tdm/``number`` describes, if any."""
    return next((policy for policy, own in TDM_POLICY_NUMBERS.items() if own == number), None)


def _license_url(policy: OptOut, base_url: str, site_policy: OptOut | None) -> str:
    return f"{base_url}{LICENSE_PATH}" if policy is site_policy else f"{base_url}{LICENSE_PATH}?policy={policy}"


def _allow(license_url: str) -> Signals:
    return Signals(
        policy=OptOut.ALLOW,
        data_mining=f"{_DMI}ALLOWED",
        tdm_reservation=0,
        content_usage="train-ai=y",
        content_signal="ai-train=yes",
        rsl_permits=("ai-train",),
        cawg=tuple((entry, "allowed") for entry in ("cawg.data_mining", *_TRAINING_ENTRIES)),
        license_url=license_url,
    )


@dataclass(frozen=True, slots=True)
class _Row:
    """What the three reserving policies do not share."""

    data_mining: str
    content_usage: str
    content_signal: str
    robots: tuple[str, ...]
    rsl_permits: tuple[str, ...]
    rsl_prohibits: tuple[str, ...]
    cawg: tuple[str, ...]
    otherwise: tuple[str, ...]


_ROWS = {
    OptOut.NO_AI_TRAINING: _Row(
        data_mining="PROHIBITED-AIMLTRAINING",
        content_usage="train-ai=n",
        content_signal="ai-train=no, search=yes",
        robots=("noai", "noimageai"),
        rsl_permits=("search",),
        rsl_prohibits=("ai-train",),
        cawg=_TRAINING_ENTRIES,
        otherwise=("noai",),
    ),
    OptOut.NO_AI: _Row(
        data_mining="PROHIBITED-EXCEPTSEARCHENGINEINDEXING",
        content_usage="train-ai=n, search=y",
        content_signal="search=yes, ai-input=no, ai-train=no",
        robots=("noai", "noimageai", "noarchive"),  # Bing and Amazonbot take noarchive for "not in answers"
        rsl_permits=("search",),
        rsl_prohibits=("ai-all",),
        cawg=_ALL_ENTRIES,
        otherwise=("noai",),
    ),
    OptOut.NO_AUTOMATED_USE: _Row(
        data_mining="PROHIBITED",
        content_usage="train-ai=n, search=n",
        content_signal="search=no, ai-input=no, ai-train=no",
        robots=("noindex", "noai", "noimageai"),
        rsl_permits=(),
        rsl_prohibits=("all",),
        cawg=_ALL_ENTRIES,
        otherwise=("noai", "noindex"),
    ),
}


def _reserve(policy: OptOut, base_url: str, license_url: str) -> Signals:
    row = _ROWS[policy]
    return Signals(
        policy=policy,
        data_mining=f"{_DMI}{row.data_mining}",
        tdm_reservation=1,
        tdm_policy=f"{base_url}/policies/tdm/{TDM_POLICY_NUMBERS[policy]}",
        content_usage=row.content_usage,
        content_signal=row.content_signal,
        robots=row.robots,
        rsl_permits=row.rsl_permits,
        rsl_prohibits=row.rsl_prohibits,
        cawg=tuple((entry, "notAllowed") for entry in row.cawg),
        usage_info=f"{base_url}{AI_POLICY_PATH}",
        license_url=license_url,
        otherwise=row.otherwise,
    )
