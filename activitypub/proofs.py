"""Data integrity proofs (W3C, cryptosuite eddsa-jcs-2022): a document that carries its own Ed25519 signature."""

from datetime import datetime
from hashlib import sha256
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from activitypub.canonical import canonicalize
from activitypub.documents import Json
from activitypub.errors import KeyUnusable, SignatureInvalid, SignatureMalformed
from activitypub.keys import PrivateKey, decode_multikey, load_public_key
from activitypub.multibase import decode_multibase, encode_multibase
from activitypub.times import format_time

CRYPTOSUITE: Final = "eddsa-jcs-2022"


def add_proof(document: Json, key_id: str, key: PrivateKey, now: datetime) -> Json:
    """The document with a ``proof`` by an Ed25519 key. Raises DocumentUnsupported for what cannot be canonical."""
    proof = {
        "type": "DataIntegrityProof",
        "cryptosuite": CRYPTOSUITE,
        "created": format_time(now),
        "verificationMethod": key_id,
        "proofPurpose": "assertionMethod",
    }
    value = encode_multibase(key.sign(_hash(document, proof)))
    return {**document, "proof": {**proof, "proofValue": value}}


def verify_proof(document: Json, public_key: str) -> str:
    """The id of the key, where the document's proof is by this key (a Multikey, ``z6Mk…``) and nothing was changed.

    Raises SignatureMalformed, SignatureInvalid, KeyUnusable, or DocumentUnsupported.
    """
    proof = document.get("proof")
    if not isinstance(proof, dict) or proof.get("cryptosuite") != CRYPTOSUITE:
        raise SignatureMalformed(f"there is no proof of the kind {CRYPTOSUITE}")
    if proof.get("proofPurpose") != "assertionMethod" or not isinstance(proof.get("verificationMethod"), str):
        raise SignatureMalformed("the proof does not say by which key it was made")
    key = load_public_key(decode_multikey(public_key))
    if not isinstance(key, Ed25519PublicKey):
        raise KeyUnusable("the proof's key is not an Ed25519 key")
    stated = {name: value for name, value in proof.items() if name != "proofValue"}
    try:
        key.verify(_read_value(proof), _hash({n: v for n, v in document.items() if n != "proof"}, stated))
    except InvalidSignature as error:
        raise SignatureInvalid("the document was changed, or signed with another key") from error
    return str(proof["verificationMethod"])


def _hash(document: Json, proof: Json) -> bytes:
    return sha256(canonicalize(proof)).digest() + sha256(canonicalize(document)).digest()


def _read_value(proof: Json) -> bytes:
    try:
        return decode_multibase(str(proof.get("proofValue", "")))
    except ValueError as error:
        raise SignatureMalformed("the proof's value cannot be read") from error
