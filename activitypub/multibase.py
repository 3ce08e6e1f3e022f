"""Multibase base58btc (`z…`), the form in which FEP-521a writes keys."""

from typing import Final

MAX_LENGTH: Final = 2048

_ALPHABET: Final = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_DIGITS: Final = {character: digit for digit, character in enumerate(_ALPHABET)}


def encode_multibase(data: bytes) -> str:
    """`z`, then base58btc."""
    number = int.from_bytes(data)
    digits: list[str] = []
    while number:
        number, digit = divmod(number, 58)
        digits.append(_ALPHABET[digit])
    zeros = len(data) - len(data.lstrip(b"\0"))
    return "z" + "1" * zeros + "".join(reversed(digits))


def decode_multibase(text: str) -> bytes:
    """The bytes of `z` + base58btc. Raises ValueError for another base, another alphabet, or over 2,048 characters."""
    if not text.startswith("z") or len(text) > MAX_LENGTH:
        raise ValueError("not multibase base58btc")
    digits = text[1:]
    number = 0
    for character in digits:
        if character not in _DIGITS:
            raise ValueError("not base58btc")
        number = number * 58 + _DIGITS[character]
    zeros = len(digits) - len(digits.lstrip("1"))
    return bytes(zeros) + number.to_bytes((number.bit_length() + 7) // 8)
