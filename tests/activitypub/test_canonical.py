"""Canonical JSON and proofs: the same bytes for everybody, and one changed letter is noticed."""

import json
import math
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from activitypub.canonical import canonicalize
from activitypub.errors import DocumentUnsupported, SignatureInvalid, SignatureMalformed
from activitypub.keys import encode_multikey, generate_ed25519
from activitypub.proofs import add_proof, verify_proof
from tests.activitypub.shared_documents import MISSING, SHARED

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
KEY = generate_ed25519()
KEY_ID = "https://studio.example/actor#ed25519-key"


@pytest.mark.parametrize("name", ["arrays", "french", "structures", "unicode", "values", "weird"])
def test_the_published_vectors(name: str) -> None:
    folder = SHARED / "vectors" / "jcs"
    if not folder.exists():
        pytest.skip(MISSING)
    document = json.loads((folder / "input" / f"{name}.json").read_text(encoding="utf-8"))
    assert canonicalize(document) == (folder / "output" / f"{name}.json").read_bytes()


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0.0, "0"), (-0.0, "0"), (5e-324, "5e-324"), (-5e-324, "-5e-324"),
        (1.7976931348623157e308, "1.7976931348623157e+308"),
        (9007199254740992.0, "9007199254740992"), (295147905179352830000.0, "295147905179352830000"),
        (9.999999999999997e22, "9.999999999999997e+22"), (1e21, "1e+21"),
        (999999999999999700000.0, "999999999999999700000"),
        (0.000001, "0.000001"), (1e-7, "1e-7"), (333333333.3333332, "333333333.3333332"), (-71.184902, "-71.184902"),
        (4.5, "4.5"), (1424953923781206.2, "1424953923781206.2"), (12, "12"),
    ],
)  # fmt: skip
def test_numbers_are_written_as_javascript_writes_them(number: float, text: str) -> None:
    assert canonicalize(number) == text.encode()


@given(st.floats(allow_nan=False, allow_infinity=False))
@settings(max_examples=60)
def test_numbers_are_read_again(number: float) -> None:
    assert float(canonicalize(number)) == number


@pytest.mark.parametrize("document", [2**53, math.nan, math.inf, "\ud800", {"a": b""}])
def test_what_cannot_be_canonical_is_refused(document: object) -> None:
    with pytest.raises(DocumentUnsupported):
        canonicalize(document)


DOCUMENT = {"made_at": "2026-11-21T12:00:00Z", "hosts": ["gallery.example"], "times": 3, "öffentlich": True}


class TestProofs:
    def test_a_proof_names_its_key_and_holds(self) -> None:
        signed = add_proof(DOCUMENT, KEY_ID, KEY, NOW)
        assert signed["proof"]["cryptosuite"] == "eddsa-jcs-2022"
        assert verify_proof(json.loads(json.dumps(signed)), encode_multikey(KEY.public_pem)) == KEY_ID

    @pytest.mark.parametrize(
        "change",
        [
            {"times": 4}, {"hosts": []}, {"more": 1}, {"proof": {"created": "2020-01-01T00:00:00Z"}},
            {"proof": {"verificationMethod": "https://other.example/actor#key"}},
        ],
    )  # fmt: skip
    def test_a_changed_document_is_noticed(self, change: dict[str, object]) -> None:
        signed = add_proof(DOCUMENT, KEY_ID, KEY, NOW)
        changed = {**signed, **change}
        if "proof" in change:
            changed["proof"] = {**signed["proof"], **change["proof"]}  # type: ignore[dict-item]
        with pytest.raises(SignatureInvalid):
            verify_proof(changed, encode_multikey(KEY.public_pem))

    def test_another_key_is_noticed(self) -> None:
        with pytest.raises(SignatureInvalid):
            verify_proof(add_proof(DOCUMENT, KEY_ID, KEY, NOW), encode_multikey(generate_ed25519().public_pem))

    @pytest.mark.parametrize("proof", [None, [], {}, {"cryptosuite": "eddsa-rdfc-2022"}, {"proofValue": "z0"}])
    def test_a_proof_of_another_kind_is_none(self, proof: object) -> None:
        signed = add_proof(DOCUMENT, KEY_ID, KEY, NOW)
        proof = {**signed["proof"], **proof} if isinstance(proof, dict) and proof else proof
        with pytest.raises(SignatureMalformed):
            verify_proof({**signed, "proof": proof}, encode_multikey(KEY.public_pem))

    def test_the_example_of_fep_8b32(self) -> None:
        path = SHARED / "vectors" / "fep-8b32.feature"
        if not path.exists():
            pytest.skip(MISSING)
        signed = json.loads(path.read_text(encoding="utf-8").split('"""')[3])
        assert verify_proof(signed, "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2").endswith("#ed25519-key")
