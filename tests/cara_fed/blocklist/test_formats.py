"""Blocklist formats: what lists look like in the wild is read, and what we write others can read."""

import csv
import io
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from activitypub.origins import IdRule
from cara_fed.blocklist.entries import EntryKind, EntryPolicy, EntryRules
from cara_fed.blocklist.formats import EXPORTERS, PARSERS, ListUnreadable, ParsedEntry, ParsedList, exportable
from cara_fed.blocklist.formats.parsed import MAX_PROBLEMS

RULES = EntryRules("art.studio.org", IdRule(allow_http=False))
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
SHARED = Path(__file__).parents[4] / "shared"

REJECT, DROP, FILTER, ADVISORY = EntryPolicy.REJECT, EntryPolicy.DROP, EntryPolicy.FILTER, EntryPolicy.ADVISORY


def read(format: str, text: str | bytes) -> ParsedList:
    return PARSERS[format](text.encode() if isinstance(text, str) else text, RULES)


def policies(parsed: ParsedList) -> dict[str, EntryPolicy]:
    return {entry.key: entry.policy for entry in parsed.entries}


def test_plain_text_is_an_entry_a_line() -> None:
    parsed = read(
        "text",
        "\ufeff# AI scrapers\r\n\r\nscraper.net\n  Other.NET.  # training-harvest: feeds a model\n*.wide.org\n"
        "https://home.net/users/bot#main-key\nscraper.net\nap.invalid # canary\nthis is no entry\n127.0.0.1\n",
    )
    assert parsed.entries == (
        ParsedEntry(EntryKind.DOMAIN, "scraper.net"),
        ParsedEntry(EntryKind.DOMAIN, "other.net", label="training-harvest", reason="feeds a model"),
        ParsedEntry(EntryKind.DOMAIN, "wide.org"),
        ParsedEntry(EntryKind.ACTOR, "https://home.net/users/bot"),
    )
    assert [problem.line for problem in parsed.problems] == [8, 9, 10]


MASTODON_CSV = """#domain,#severity,#reject_media,#reject_reports,#public_comment,#obfuscate
scraper.net,suspend,false,false,"answer-engine: sells summaries, and more",false
quiet.net,silence,true,false,,false
known.net,noop,false,false,only noted,false
missing.net,,,,,
short.net
mas****.social,suspend,false,false,hidden,true
odd.net,banish,false,false,,false

# retired.net,suspend
BÜCHER.de,Suspend,false,false,"two
lines",false
art.studio.org,suspend,false,false,us,false
ap.invalid,suspend,false,false,iftas:canary,false
"""


def test_mastodons_csv_is_read_by_severity() -> None:
    parsed = read("mastodon-csv", MASTODON_CSV)
    assert policies(parsed) == {
        "scraper.net": REJECT,
        "quiet.net": FILTER,
        "known.net": ADVISORY,
        "missing.net": REJECT,
        "short.net": REJECT,
        "xn--bcher-kva.de": REJECT,
    }
    assert (parsed.entries[0].label, parsed.entries[0].reason) == ("answer-engine", "sells summaries, and more")
    assert parsed.entries[-1].reason == "two lines"
    assert [problem.line for problem in parsed.problems] == [7, 8, 13, 14]
    assert "obfuscated" in parsed.problems[0].reason


def test_a_csv_without_header_has_mastodons_columns() -> None:
    assert policies(read("mastodon-csv", "scraper.net,silence\nother.net\n")) == {
        "scraper.net": FILTER,
        "other.net": REJECT,
    }


def test_columns_are_found_by_their_names() -> None:
    parsed = read("mastodon-csv", "domain,public_comment,severity\nscraper.net,why,silence\n")
    assert parsed.entries == (ParsedEntry(EntryKind.DOMAIN, "scraper.net", FILTER, reason="why"),)


def test_of_a_repeated_domain_the_graver_policy_is_kept() -> None:
    for text in ("a.net,silence\na.net,suspend\n", "a.net,suspend\na.net,silence\n"):
        assert policies(read("mastodon-csv", text)) == {"a.net": REJECT}


def test_fediblockholes_csv_may_keep_the_reason_private() -> None:
    parsed = read(
        "fediblockhole-csv",
        '"domain","severity","reject_media","reject_reports","private_comment","public_comment","obfuscate"\n'
        '"a.net","suspend","False","False","seen by us","",""\n"b.net","silence","","","private","public",""\n',
    )
    assert [(entry.key, entry.policy, entry.reason) for entry in parsed.entries] == [
        ("a.net", REJECT, "seen by us"),
        ("b.net", FILTER, "public"),
    ]


def test_rapidblocks_bare_domains_are_read() -> None:
    assert policies(read("fediblockhole-csv", "a.net\r\nb.net\r\n")) == {"a.net": REJECT, "b.net": REJECT}


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
@pytest.mark.parametrize("end", ["\r\n", "\n"])
def test_a_list_that_a_spreadsheet_saved_is_read_all_the_same(delimiter: str, encoding: str, end: str) -> None:
    rows = [
        ["# Shared list, 2026-11 (see the wiki)"],
        ["#domain", "#severity", "#reject_media", "#reject_reports", "#public_comment", "#obfuscate"],
        ["scraper.net", "Suspend", "TRUE", "FALSE", '"training-harvest: sells, and answers"', "FALSE"],
        ["bücher.example.org", "silence", "", "", "", ""],
        ["XN--BCHER-KVA.de", "suspend"],
        ["https://pasted.net/", "suspend"],
        ["ap.invalid", "suspend", "", "", "list:canary", ""],
        ["scr***.social", "suspend", "", "", "", "TRUE"],
        ["com", "suspend"],
        ["art.studio.org", "suspend"],
    ]
    parsed = read("mastodon-csv", end.join(delimiter.join(cells) for cells in rows).encode(encoding))
    assert policies(parsed) == {
        "scraper.net": REJECT,
        "xn--bcher-kva.example.org": FILTER,
        "xn--bcher-kva.de": REJECT,
        "pasted.net": REJECT,
    }
    assert (parsed.entries[0].label, parsed.entries[0].reason) == ("training-harvest", "sells, and answers")
    assert [problem.text for problem in parsed.problems] == ["ap.invalid", "scr***.social", "com", "art.studio.org"]


def test_gotosocials_json_is_read() -> None:
    items = [
        {"domain": "a.net", "suspended_at": "2024-01-01T00:00:00.000Z", "public_comment": "training-harvest"},
        {"domain": "b.net", "comment": "older shape"},
        {"domain": "c*.net", "obfuscate": True},
        {"name": "d.net"},
        "e.net",
        None,
    ]
    parsed = read("gotosocial-json", json.dumps(items))
    assert [(entry.key, entry.label, entry.reason) for entry in parsed.entries] == [
        ("a.net", "training-harvest", ""),
        ("b.net", "", "older shape"),
    ]
    assert [problem.line for problem in parsed.problems] == [3, 4, 5, 6]


def test_an_instances_own_list_is_read_with_hidden_names_by_digest() -> None:
    digest = sha256(b"mastoscraper.social").hexdigest()
    items = [
        {"domain": "a.net", "digest": sha256(b"a.net").hexdigest(), "severity": "suspend", "comment": "why"},
        {"domain": "mas*******er.social", "digest": digest, "severity": "silence", "comment": None},
        {"domain": "b**.net", "severity": "suspend"},
        {"domain": "s*****.org", "digest": sha256(b"studio.org").hexdigest(), "severity": "suspend"},
        {"domain": "c.net", "severity": "ban"},
    ]
    parsed = read("mastodon-api", json.dumps(items))
    assert parsed.entries == (
        ParsedEntry(EntryKind.DOMAIN, "a.net", REJECT, reason="why"),
        ParsedEntry(EntryKind.DIGEST, digest, FILTER, reason="mas*******er.social"),
    )
    assert [problem.line for problem in parsed.problems] == [3, 4, 5]


def _change(key: str, **more: Any) -> dict[str, Any]:
    return {"type": "Recommendation", "entityKind": "domain", "entityKey": key, "recommendedPolicy": "reject", **more}


def test_a_page_of_fires_changes_is_read_the_last_change_holding() -> None:
    page = {
        "type": "OrderedCollectionPage",
        "next": "https://lists.net/changes?since=019d36e1-0000-7000-8000-000000000002",
        "orderedItems": [
            _change("a.net", comment="bulk follows", endTime="2027-05-20T10:00:00Z", attributedTo="https://lists.net/mod",
                    attachment={"type": "Link", "href": "https://lists.net/evidence/1"}),
            _change("b.net", recommendedPolicy="filter"),
            _change("b.net", recommendedPolicy="drop"),
            _change("https://home.net/users/bot", entityKind="Actor"),
            _change("c.net"),
            {"type": "Retraction", "entityKind": "domain", "entityKey": "c.net"},
            _change("d.net", recommendedPolicy="accept"),
            {"type": "Advisory", "entityKind": "domain", "entityKey": "e.net"},
            {"type": "Retraction", "entityKind": "domain", "entityKey": "f.net"},
            _change("f.net"),
            {"type": "Tombstone", "id": "https://lists.net/changes/1"},
            _change("ap.invalid"),
            _change("g.net", entityKind="hashtag"),
            "nonsense",
        ],
    }  # fmt: skip
    parsed = read("fires", json.dumps(page))
    assert policies(parsed) == {
        "a.net": REJECT,
        "b.net": DROP,
        "https://home.net/users/bot": REJECT,
        "e.net": ADVISORY,
        "f.net": REJECT,
    }
    first = parsed.entries[0]
    assert (first.reason, first.author, first.evidence) == (
        "bulk follows",
        "https://lists.net/mod",
        ("https://lists.net/evidence/1",),
    )
    assert first.expires_at == datetime(2027, 5, 20, 10, tzinfo=UTC)
    assert parsed.retractions == {(EntryKind.DOMAIN, "c.net"), (EntryKind.DOMAIN, "d.net")}
    assert parsed.next_url == page["next"]
    assert [problem.line for problem in parsed.problems] == [12, 13, 14]


def test_agents_are_read_by_name() -> None:
    table = {
        "GPTBot": {
            "operator": "[OpenAI](https://openai.com)",
            "function": "Scrapes data to train models.",
            "respect": "Yes",
        },
        "Some Bot 1.0": {"operator": "", "description": "Unclear"},
        "broken": "text",
        "Mozilla/5.0": {"operator": "everybody"},
    }
    parsed = read("ai-robots-json", json.dumps(table))
    assert parsed.entries == (
        ParsedEntry(EntryKind.AGENT, "GPTBot", label="training", reason="OpenAI: Scrapes data to train models."),
        ParsedEntry(EntryKind.AGENT, "Some Bot 1.0", label="unstated", reason="Unclear"),
    )
    assert parsed.problem_count == 2


@pytest.mark.skipif(not SHARED.exists(), reason="../shared is not here")
def test_the_published_table_of_agents_is_read_whole() -> None:
    parsed = PARSERS["ai-robots-json"]((SHARED / "data" / "ai-robots.json").read_bytes(), RULES)
    assert len(parsed.entries) > 150
    assert parsed.problem_count == 0


@pytest.mark.parametrize("format", ["gotosocial-json", "mastodon-api", "fires", "ai-robots-json"])
@pytest.mark.parametrize("body", ["", "<html>", "null", "1", "[" * 100_000, '"text"', "{]"])
def test_what_is_not_a_list_is_refused(format: str, body: str) -> None:
    with pytest.raises(ListUnreadable):
        read(format, body)


@pytest.mark.parametrize("format", PARSERS)
@given(st.binary() | st.text().map(str.encode))
def test_no_bytes_upset_a_parser(format: str, body: bytes) -> None:
    try:
        parsed = PARSERS[format](body, RULES)
    except ListUnreadable:
        return
    assert parsed.problem_count >= len(parsed.problems)


def test_problems_are_bounded_and_all_counted() -> None:
    parsed = read("text", "no entry\n" * 5000)
    assert (len(parsed.problems), parsed.problem_count, parsed.entries) == (MAX_PROBLEMS, 5000, ())


def test_a_field_without_end_is_reported_and_what_came_before_is_kept() -> None:
    parsed = read("mastodon-csv", 'a.net,suspend\nb.net,suspend,,,"' + "x" * 200_000)
    assert policies(parsed) == {"a.net": REJECT}
    assert parsed.problem_count == 1


def test_a_reason_is_one_bounded_line() -> None:
    parsed = read("mastodon-csv", 'a.net,suspend,,,"one\ntwo\x07' + "x" * 5000 + '"\n')
    assert parsed.entries[0].reason.startswith("one two x")
    assert len(parsed.entries[0].reason) == 1000


@dataclass(frozen=True)
class Row:
    key: str
    policy: str = "reject"
    label: str = "training-harvest"
    reason: str = 'feeds "a model", daily'
    kind: str = "domain"
    source: str = "local"
    created_at: datetime = NOW - timedelta(days=1)
    expires_at: datetime | None = None
    retracted_at: datetime | None = None
    evidence: tuple[str, ...] = field(default=())


OURS = [
    Row("b.net"),
    Row("a.net", policy="drop", label=""),
    Row("c.net", policy="filter"),
    Row("https://home.net/users/bot", kind="actor"),
    Row("theirs.net", source="https://lists.net/list.csv"),
    Row("gone.net", retracted_at=NOW),
    Row("over.net", expires_at=NOW),
    Row("gptbot", kind="agent"),
]


def test_only_our_own_active_domains_are_told() -> None:
    assert [entry.key for entry in exportable(OURS, NOW)] == ["a.net", "b.net", "c.net"]


def test_mastodons_csv_is_written_as_mastodon_writes_it() -> None:
    written = EXPORTERS["mastodon-csv"](exportable(OURS, NOW)).decode()
    assert written.splitlines()[0] == "#domain,#severity,#reject_media,#reject_reports,#public_comment,#obfuscate"
    assert list(csv.reader(io.StringIO(written)))[1:] == [
        ["a.net", "suspend", "false", "false", 'feeds "a model", daily', "false"],
        ["b.net", "suspend", "false", "false", 'training-harvest: feeds "a model", daily', "false"],
        ["c.net", "silence", "true", "false", 'training-harvest: feeds "a model", daily', "false"],
    ]


def test_the_formats_that_only_suspend_leave_out_what_is_milder() -> None:
    ours = exportable(OURS, NOW)
    assert EXPORTERS["text"](ours) == b"a.net\nb.net\n"
    items = json.loads(EXPORTERS["gotosocial-json"](ours))
    assert [item["domain"] for item in items] == ["a.net", "b.net"]
    assert items[0]["suspended_at"] == "2026-11-20T12:00:00.000Z"


@pytest.mark.parametrize("format", EXPORTERS)
def test_what_is_written_is_read_again(format: str) -> None:
    parsed = read(format, EXPORTERS[format](exportable(OURS, NOW)))
    assert [entry.key for entry in parsed.entries][:2] == ["a.net", "b.net"]
    assert parsed.problem_count == 0
    if format != "text":
        assert (parsed.entries[1].label, parsed.entries[1].reason) == ("training-harvest", 'feeds "a model", daily')
