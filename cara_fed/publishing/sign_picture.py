"""Signing finished files, where the instance does so; after this nothing may touch them."""

import asyncio
from dataclasses import replace

from cara_fed.opt_out.manifests import SIGN_STEP
from cara_fed.protection.values import ProtectedPicture, Rendition, ReportLine
from cara_fed.publishing.rights import Terms
from cara_fed.services import Services
from cara_fed.translate.opt_outs import signals_for
from cara_fed.words.speech import _
from cara_fed.words.writing import write_size


async def sign_picture(services: Services, picture: ProtectedPicture, terms: Terms) -> ProtectedPicture:
    """The picture with a manifest in each of its files, and what these weigh in its report."""
    if services.manifests is None:
        return picture
    signed = tuple([await _sign(services, rendition, terms) for rendition in picture.renditions])
    weights = [len(new.data) - len(old.data) for new, old in zip(signed, picture.renditions, strict=True)]
    return replace(picture, renditions=signed, report=(*picture.report, describe_manifest(max(weights, default=0))))


async def sign_file(services: Services, data: bytes, media_type: str, terms: Terms) -> bytes:
    """One file with its manifest; as it was where the instance signs none."""
    if services.manifests is None:
        return data
    said = signals_for(terms.policy, services.site, services.config.opt_out.default)
    return await asyncio.to_thread(services.manifests.sign, data, media_type, said, terms.digital_source_type)


def describe_manifest(weight: int) -> ReportLine:
    """The line of a report about manifests of this many bytes."""
    if not weight:
        return ReportLine(SIGN_STEP, _("No manifest was signed, for nothing is said about machines."), {"bytes": 0})
    text = _("A signed manifest (C2PA) says it too: %(size)s in each file.", size=write_size(weight))
    return ReportLine(SIGN_STEP, text, {"bytes": weight})


async def _sign(services: Services, rendition: Rendition, terms: Terms) -> Rendition:
    return replace(rendition, data=await sign_file(services, rendition.data, rendition.media_type, terms))
