"""The picture pipeline without a process of its own: starting one takes longer than most stories take to tell."""

import asyncio

from cara_fed.protection import PictureWorkers, ProtectedPicture, ProtectionRequest, ReportLine
from cara_fed.protection.pipeline import protect
from cara_fed.protection.recognition import compare, inspect, look
from cara_fed.protection.showing import clean_logo, show_before, show_difference, show_mark
from cara_fed.protection.values import Comparison, ComparisonRequest, Inspection, Likeness, Limits, VisibleMark
from cara_fed.protection.workers import Progress, require_bytes


class PicturesHere(PictureWorkers):
    """Protects in a thread; tests/cara_fed/protection and what is served in earnest tell of the processes."""

    async def protect(
        self, data: bytes, request: ProtectionRequest, progress: Progress | None = None
    ) -> ProtectedPicture:
        require_bytes(data, request.limits)
        loop = asyncio.get_running_loop()

        def tell(line: ReportLine) -> None:
            if progress:
                loop.call_soon_threadsafe(progress, line)

        return await asyncio.to_thread(protect, data, request, tell)

    async def inspect(self, data: bytes, secret: bytes, limits: Limits) -> Inspection:
        require_bytes(data, limits)
        return await asyncio.to_thread(inspect, data, limits, secret)

    async def compare(self, found: bytes, known: bytes, wanted: ComparisonRequest, limits: Limits) -> Comparison:
        require_bytes(found, limits)
        return await asyncio.to_thread(compare, found, known, wanted, limits)

    async def show_before(self, original: bytes, limits: Limits) -> bytes:
        return await asyncio.to_thread(show_before, original, limits)

    async def show_difference(self, original: bytes, published: bytes, limits: Limits) -> bytes:
        return await asyncio.to_thread(show_difference, original, published, limits)

    async def show_mark(self, mark: VisibleMark, limits: Limits) -> tuple[bytes, str]:
        return await asyncio.to_thread(show_mark, mark)

    async def clean_logo(self, data: bytes, limits: Limits) -> str:
        return await asyncio.to_thread(clean_logo, data)

    async def look_at(self, data: bytes, limits: Limits) -> Likeness:
        return await asyncio.to_thread(look, data, limits)
