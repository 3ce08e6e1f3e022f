"""Media: the files of pictures, named by what is in them, on a disk or in an object store."""

from storage.media.files import MediaStore, Namespace, S3Options, open_media
from storage.media.local import LocalMedia
from storage.media.names import NAMESPACES
from storage.media.sealed import SealedMedia, SealingKeys

__all__ = [
    "NAMESPACES",
    "LocalMedia",
    "MediaStore",
    "Namespace",
    "S3Options",
    "SealedMedia",
    "SealingKeys",
    "open_media",
]
