"""The public list of agents, read with care."""

import json

import pytest

from activitypub.opt_out import OptOut
from cara_fed.opt_out.agents import Agent, Purpose, fold_agent_name, merge_agents, own_agents
from cara_fed.opt_out.public_list import AgentListUnusable, parse_public_list
from tests.activitypub.shared_documents import SHARED


def entry(function: str, description: str = "", operator: str = "[Lab](https://lab.example)") -> dict[str, str]:
    return {"operator": operator, "function": function, "description": description, "respect": "Yes"}


@pytest.mark.parametrize(
    ("function", "description", "purposes"),
    [
        ("AI Search Crawlers", "", {"search", "answering"}),
        ("AI Assistants", "", {"answering", "fetch"}),
        ("AI Coding Agents", "", {"fetch"}),
        ("AI Data Scrapers", "", {"training", "dataset"}),
        ("Scrapes data to train models.", "", {"training"}),
        ("Undocumented AI Agents", "trains a lot", {"unstated"}),
        ("Unclear at this time.", "Prompts are answered with it", {"answering"}),
        ("Unclear at this time.", "", {"unstated"}),
    ],
)
def test_purposes_are_read_from_words(function: str, description: str, purposes: set[str]) -> None:
    (agent,) = parse_public_list(json.dumps({"NewBot": entry(function, description)}).encode())
    assert agent == Agent("NewBot", "Lab", frozenset(map(Purpose, purposes)))


@pytest.mark.parametrize(
    "name", ["", "Bot\nAllow: /", "x" * 61, "Mozilla", "Chrome/120.0", "compatible", "<b>", "*", "Bot\u202e"]
)
def test_what_is_no_name_is_passed_over(name: str) -> None:
    assert parse_public_list(json.dumps({name: entry("AI Agents")}).encode()) == ()


@pytest.mark.parametrize("body", [b"", b"[]", b"<html>", b'{"a":', b"[" * 10_000, b'"x"'])
def test_what_is_no_list_is_refused(body: bytes) -> None:
    with pytest.raises(AgentListUnusable):
        parse_public_list(body)


def test_one_agent_in_two_spellings_is_one() -> None:
    body = json.dumps({"A-Bot": entry("AI Agents"), "a-bot/2.0": entry("AI Agents")}).encode()
    assert len(parse_public_list(body)) == 1


def test_what_people_looked_at_holds_against_what_was_guessed() -> None:
    guessed = (Agent("gptbot", "?", frozenset({Purpose.SEARCH})), Agent("NewBot", "", frozenset({Purpose.SEARCH})))
    merged = {agent.key: agent for agent in merge_agents(own_agents().agents, guessed)}
    assert merged["gptbot"].purposes == {Purpose.TRAINING}
    assert merged["newbot"].purposes == {Purpose.SEARCH}
    assert len(merged) == len(own_agents().agents) + 1


def test_our_table_knows_everybody_on_the_public_list() -> None:
    path = SHARED / "data" / "ai-robots.json"
    if not path.exists():
        pytest.skip("../shared is not here")
    listed = {fold_agent_name(name) for name in json.loads(path.read_text())}
    assert listed <= {agent.key for agent in own_agents().agents}
    assert len(parse_public_list(path.read_bytes())) == len(listed)


def test_what_each_policy_refuses() -> None:
    by_name = {agent.name: agent for agent in own_agents().agents}
    refusing = {
        name: [policy for policy in OptOut if by_name[name].is_refused_by(policy)]
        for name in ("GPTBot", "OAI-SearchBot", "ChatGPT-User", "facebookexternalhit", "Claude-Web")
    }
    everything = [OptOut.NO_AI_TRAINING, OptOut.NO_AI, OptOut.NO_AUTOMATED_USE]
    assert refusing == {
        "GPTBot": everything,
        "OAI-SearchBot": [OptOut.NO_AUTOMATED_USE],
        "ChatGPT-User": [OptOut.NO_AI, OptOut.NO_AUTOMATED_USE],
        "facebookexternalhit": [OptOut.NO_AUTOMATED_USE],
        "Claude-Web": everything,
    }
