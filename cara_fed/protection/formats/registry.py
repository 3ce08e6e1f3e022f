"""Which reader reads which format."""

from cara_fed.protection.formats.bmff import AVIF, HEIC
from cara_fed.protection.formats.gif import GIF
from cara_fed.protection.formats.jpeg import JPEG
from cara_fed.protection.formats.png import PNG
from cara_fed.protection.formats.tiff import TIFF
from cara_fed.protection.formats.webp import WEBP

CONTAINERS = {one.format: one for one in (JPEG, PNG, WEBP, GIF, AVIF, TIFF, HEIC)}
