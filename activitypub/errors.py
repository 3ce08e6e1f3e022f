"""Everything the protocol floor can refuse: one class for each thing that a caller can decide on."""


class ProtocolError(Exception):
    """Root of the tree. `str(error)` is one line, safe to show to the other side and to log."""


class DocumentError(ProtocolError):
    """The bytes or the document cannot be read."""


class DocumentTooLarge(DocumentError):
    """More bytes than the limit."""


class DocumentTooDeep(DocumentError):
    """Arrays and objects nested deeper than the limit."""


class DocumentMalformed(DocumentError):
    """Not JSON, not an object, or without what its type must have."""


class DocumentUnsupported(DocumentError):
    """Well-formed, of a kind that is not handled here."""


class SignatureError(ProtocolError):
    """The request is not proven to come from a key's holder."""


class SignatureMissing(SignatureError):
    """There is no signature."""


class SignatureMalformed(SignatureError):
    """A signature's headers cannot be read."""


class SignatureExpired(SignatureError):
    """Made too long ago, in the future, or past its own expiry."""


class SignatureUncovered(SignatureError):
    """The signature leaves out a part of the request that it must cover."""


class SignatureInvalid(SignatureError):
    """The signature does not match the request and the key."""


class DigestMismatch(SignatureError):
    """The body is not the one that the digest was made of."""


class KeyUnusable(SignatureError):
    """A key that is absent, unreadable, too weak, too large, or of an unknown kind."""


class AuthorityError(ProtocolError):
    """The sender may not speak for this."""


class ActorMismatch(AuthorityError):
    """The activity's actor is not the signing key's owner."""


class ForeignOrigin(AuthorityError):
    """An id lies on another origin than the one that speaks for it."""


class IdentifierError(ProtocolError):
    """A name, a handle or an id cannot be used."""


class IdUnacceptable(IdentifierError):
    """An id of a scheme, a length or a shape that is not accepted."""


class HandleMalformed(IdentifierError):
    """Not `@name@domain`, or a name or domain that cannot be."""
