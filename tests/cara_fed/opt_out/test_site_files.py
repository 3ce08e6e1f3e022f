"""robots.txt, ai.txt, tdmrep.json and license.xml, read as their readers read them."""

import re
from urllib.robotparser import RobotFileParser
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from activitypub.opt_out import OptOut, signals
from cara_fed.opt_out.agents import Agent, Purpose, own_agents
from cara_fed.opt_out.license import build_site_license, build_tdmrep
from cara_fed.opt_out.robots import MAX_BYTES, RobotsFile, build_ai_txt
from cara_fed.opt_out.site_rules import SiteRules

BASE = "https://studio.example"
policies = st.sampled_from(OptOut)
CAPABILITY = "a-" + "b" * 30
LETTERS = {
    OptOut.NO_AI_TRAINING: "n",
    OptOut.NO_AI: "a",
    OptOut.NO_AUTOMATED_USE: "u",
    OptOut.ALLOW: "o",
    OptOut.UNSET: "x",
}


def rules(default: OptOut, **artists: OptOut) -> SiteRules:
    differing = {name: policy for name, policy in artists.items() if policy is not default}
    return SiteRules(default, differing, tuple(name for name in artists if name not in differing))


def said(default: OptOut) -> dict[OptOut, object]:
    return {policy: signals(policy, base_url=BASE, site_policy=default) for policy in OptOut}


def robots(default: OptOut = OptOut.NO_AI_TRAINING, **artists: OptOut) -> str:
    return RobotsFile(rules(default, **artists), said(default), own_agents().agents).build()  # type: ignore[arg-type]


def may_crawl(text: str, agent: str, path: str) -> bool:
    """As RFC 9309 decides: the agent's own group or else `*`, in it the longest path."""
    lines = group_of(text, agent)
    found = [
        (len(pattern), verb == "allow")
        for verb, pattern in lines
        if verb in ("allow", "disallow") and matches(pattern, path)
    ]
    return max(found, default=(0, True))[1]


def usage_of(text: str, agent: str, path: str) -> str | None:
    """As AIPREF's draft decides: the longest path of the group."""
    stated = [value.partition(" ") for verb, value in group_of(text, agent) if verb == "content-usage"]
    found = [(len(pattern), usage) for pattern, _, usage in stated if matches(pattern, path)]
    return max(found)[1] if found else None


def matches(pattern: str, path: str) -> bool:
    expression = re.escape(pattern.removesuffix("$")).replace(r"\*", ".*") + ("$" if pattern.endswith("$") else "")
    return re.match(expression, path) is not None


def group_of(text: str, agent: str) -> list[tuple[str, str]]:
    groups: dict[str, list[tuple[str, str]]] = {}
    for block in text.split("\n\n"):
        pairs = [line.partition(": ") for line in block.splitlines() if line and not line.startswith("#")]
        names = [value.lower() for name, _, value in pairs if name.lower() == "user-agent"]
        body = [(name.lower(), value) for name, _, value in pairs if name.lower() != "user-agent"]
        groups |= dict.fromkeys(names, body)
    return groups.get(agent.lower(), groups["*"])


@given(policies, policies, st.sampled_from(own_agents().agents))
def test_each_agent_may_crawl_what_is_not_reserved_from_it(default: OptOut, own: OptOut, agent: Agent) -> None:
    text = robots(default, mara=default, bob=own)
    for path in ("/@bob", "/@bob/7", "/@bob?before=7", "/users/bob/posts/7"):
        assert may_crawl(text, agent.name, path) is not agent.is_refused_by(own)
    for path in ("/", "/@mara", "/@mara/7", "/@bobby/7", "/users/bobby", "/tags/noai"):
        assert may_crawl(text, agent.name, path) is not agent.is_refused_by(default)
    for policy, letter in LETTERS.items():
        assert may_crawl(text, agent.name, f"/media/{letter}{CAPABILITY}/0.png") is not agent.is_refused_by(policy)
    for path in ("/policies/ai", "/policies/tdm/1", "/license.xml", "/.well-known/tdmrep.json", "/ai.txt"):
        assert may_crawl(text, agent.name, path) or not agent.is_refused_by(default)


@given(policies, policies, st.sampled_from(("GPTBot", "OAI-SearchBot", "facebookexternalhit", "Googlebot")))
def test_every_group_states_the_same_and_nothing_of_pictures(default: OptOut, own: OptOut, agent: str) -> None:
    text = robots(default, mara=default, bob=own)
    stated = said(default)
    for path in ("/@bob", "/@bob/7", "/users/bob/posts/7"):
        assert usage_of(text, agent, path) == stated[own].content_usage  # type: ignore[attr-defined]
    for path in ("/", "/@mara", "/@mara/7", "/tags/noai"):
        assert usage_of(text, agent, path) == stated[default].content_usage  # type: ignore[attr-defined]
    for letter in LETTERS.values():
        assert usage_of(text, agent, f"/media/{letter}{CAPABILITY}/0.png") is None
    signal = [value for verb, value in group_of(text, agent) if verb == "content-signal"]
    assert signal == [value for value in (stated[default].content_signal,) if value]  # type: ignore[attr-defined]


def test_a_pure_search_agent_is_welcome_under_no_ai_training() -> None:
    text = robots()
    assert may_crawl(text, "OAI-SearchBot", "/@mara/7")
    assert not may_crawl(text, "GPTBot", "/@mara/7")
    assert may_crawl(text, "Googlebot", "/@mara/7")


def test_readers_that_take_the_first_match_come_to_the_same() -> None:
    parser = RobotFileParser()
    parser.parse(robots(bob=OptOut.ALLOW, eve=OptOut.UNSET).splitlines())
    assert not parser.can_fetch("GPTBot", f"{BASE}/@mara/7")
    assert not parser.can_fetch("CCBot", f"{BASE}/")
    assert parser.can_fetch("GPTBot", f"{BASE}/@bob/7")
    assert parser.can_fetch("GPTBot", f"{BASE}/@eve/7")
    assert parser.can_fetch("GPTBot", f"{BASE}/policies/ai")
    assert parser.can_fetch("Mozilla", f"{BASE}/@mara/7")


def test_the_reservation_is_made_in_words() -> None:
    text = robots()
    assert "ARTICLE 4 OF THE EUROPEAN UNION DIRECTIVE 2019/790" in text
    assert text.count(f"License: {BASE}/license.xml\n") == 1
    assert "ARTICLE 4" not in robots(OptOut.UNSET)
    assert "License:" not in robots(OptOut.UNSET)


def test_it_stays_within_what_crawlers_read() -> None:
    many = {f"artist_with_a_long_name_{n:05}": OptOut.ALLOW for n in range(3000)}
    assert len(robots(**many).encode()) <= MAX_BYTES
    assert not may_crawl(robots(**many), "GPTBot", "/@mara/7")
    some = {f"artist_{n}": OptOut.ALLOW for n in range(200)}
    assert may_crawl(robots(**some), "GPTBot", "/@artist_7/1")


@given(policies, policies)
def test_ai_txt_reserves_training_where_it_is_reserved(default: OptOut, own: OptOut) -> None:
    text = build_ai_txt(rules(default, mara=default, bob=own))
    trainer = Agent("any", "", frozenset({Purpose.TRAINING}))
    assert may_crawl(text, "any", "/@bob/7") is not trainer.is_refused_by(own)
    assert may_crawl(text, "any", "/@mara/7") is not trainer.is_refused_by(default)
    for policy, letter in LETTERS.items():
        open_to_all = may_crawl(text, "any", f"/media/{letter}{CAPABILITY}/0.png")
        assert open_to_all is not trainer.is_refused_by(policy) or policy is OptOut.UNSET


def test_ai_txt_gives_no_permission_for_what_is_unset() -> None:
    assert "Allow: /\n" not in build_ai_txt(rules(OptOut.UNSET, bob=OptOut.NO_AI))
    assert "eve" not in build_ai_txt(rules(OptOut.NO_AI, eve=OptOut.UNSET, mara=OptOut.NO_AI))


@given(policies, policies)
def test_tdmrep_tells_each_level_its_own_and_exceptions_first(default: OptOut, own: OptOut) -> None:
    stated = said(default)
    found = build_tdmrep(rules(default, mara=default, bob=own), stated)  # type: ignore[arg-type]

    def reservation(path: str) -> int | None:
        return next((rule["tdm-reservation"] for rule in found if matches(rule["location"], path)), None)

    for path in ("/@bob", "/@bob/7", "/users/bob"):
        assert reservation(path) == stated[own].tdm_reservation  # type: ignore[attr-defined]
    for path in ("/", "/@mara/7", "/users/mara/posts/7"):
        assert reservation(path) == stated[default].tdm_reservation  # type: ignore[attr-defined]
    for policy, letter in LETTERS.items():
        if policy is not OptOut.UNSET:
            assert reservation(f"/media/{letter}{CAPABILITY}/0.png") == stated[policy].tdm_reservation  # type: ignore[attr-defined]


def test_tdmrep_in_the_plain_case() -> None:
    policy = f"{BASE}/policies/tdm/1"
    found = build_tdmrep(rules(OptOut.NO_AI_TRAINING, bob=OptOut.ALLOW), said(OptOut.NO_AI_TRAINING))  # type: ignore[arg-type]
    assert found[2] == {"location": "/@bob/*", "tdm-reservation": 0}
    assert found[-1] == {"location": "/", "tdm-reservation": 1, "tdm-policy": policy}
    assert build_tdmrep(rules(OptOut.UNSET), said(OptOut.UNSET))[-1]["location"].startswith("/media/")  # type: ignore[arg-type]


RSL = "{https://rslstandard.org/rsl}"


@pytest.mark.parametrize(
    ("policy", "permits", "prohibits"),
    [
        (OptOut.NO_AI_TRAINING, ["search"], ["ai-train"]),
        (OptOut.NO_AI, ["search"], ["ai-all"]),
        (OptOut.NO_AUTOMATED_USE, [], ["all"]),
        (OptOut.ALLOW, ["ai-train"], []),
    ],
)
def test_the_licence_of_the_site(policy: OptOut, permits: list[str], prohibits: list[str]) -> None:
    root = ElementTree.fromstring(build_site_license(rules(policy, bob=OptOut.NO_AI), said(policy)))  # type: ignore[arg-type]
    content = {each.attrib["url"]: each for each in root.iter(f"{RSL}content")}
    assert [usage.text for usage in content["/"].iter(f"{RSL}permits")] == permits
    assert [usage.text for usage in content["/"].iter(f"{RSL}prohibits")] == prohibits
    if policy is not OptOut.NO_AI:
        assert [usage.text for usage in content["/@bob/*"].iter(f"{RSL}prohibits")] == ["ai-all"]
