"""How others read an opt-out, each by its own rules: what our surfaces must come to in their eyes."""

import re
from typing import Any

import httpx


def img2dataset_refuses(response: httpx.Response, own_token: str | None = None) -> bool:
    """Its rule: each value may begin with an agent and a colon; any of four words, said to all or to it, refuses."""
    for value in response.headers.get_list("x-robots-tag"):
        head, colon, rest = value.partition(":")
        words = {word.strip().lower() for word in (rest if colon else head).split(",")}
        addressed = not colon or head.strip().lower() == own_token
        if addressed and words & {"noai", "noimageai", "noindex", "noimageindex"}:
            return True
    return False


def posthog_refuses(response: httpx.Response) -> bool:
    """What PostHog's image fetcher takes for a refusal, in the headers of the picture."""
    robots = {word.strip() for word in response.headers.get("x-robots-tag", "").split(",")}
    usage = {item.strip() for item in response.headers.get("content-usage", "").split(",")}
    return (
        bool(robots & {"noai", "noimageai"}) or "train-ai=n" in usage or response.headers.get("tdm-reservation") == "1"
    )


def first_reservation(rules: list[dict[str, Any]], path: str) -> int | None:
    """As TDMRep decides: the first rule whose location matches."""
    for rule in rules:
        pattern = re.escape(rule["location"].removesuffix("$")).replace(r"\*", ".*")
        if re.match(pattern + ("$" if rule["location"].endswith("$") else ""), path):
            return int(rule["tdm-reservation"])
    return None
