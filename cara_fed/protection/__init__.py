"""The picture pipeline: bytes in, renditions and a report out. It knows no database, no network and no clock.

``PictureWorkers`` runs it in processes of its own, as a server should; ``pipeline.protect`` runs it in this one, and
is not imported here, so that the server need not load any decoder.
"""

from cara_fed.protection.errors import PictureRefused
from cara_fed.protection.rights.embed import read_data_mining, read_xmp, rewrite_rights
from cara_fed.protection.values import (
    Finding,
    Format,
    Limits,
    ProtectedPicture,
    ProtectionRequest,
    Rendition,
    RenditionKind,
    ReportLine,
    Rights,
)
from cara_fed.protection.workers import PictureWorkers

__all__ = [
    "Finding",
    "Format",
    "Limits",
    "PictureRefused",
    "PictureWorkers",
    "ProtectedPicture",
    "ProtectionRequest",
    "Rendition",
    "RenditionKind",
    "ReportLine",
    "Rights",
    "read_data_mining",
    "read_xmp",
    "rewrite_rights",
]
