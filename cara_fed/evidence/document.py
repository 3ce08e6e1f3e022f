"""The evidence as a document: in words that need no knowledge of this program, and without any person's address."""

from datetime import datetime
from typing import Final

from activitypub.documents import Json
from activitypub.identifiers import Site
from activitypub.times import format_time
from cara_fed.config import Config
from cara_fed.evidence.collecting import THE_WEB, Fetch, PostEvidence, Sending, SentTo, ShownPicture, Visit
from storage.opt_out_changes import OptOutChange

KIND: Final = "Evidence of where a post and its pictures went"
VERSION: Final = 1
THE_PUBLIC: Final = "the public web"
"""Named in place of a host where an address stands on public pages, for anybody to use."""


def build_evidence(evidence: PostEvidence, config: Config, public_key: str, now: datetime) -> Json:
    """Everything known about a post, ready to be signed; ``public_key`` is the instance's Ed25519 Multikey."""
    site, days = config.site, config.evidence.keep_days
    return {
        "type": KIND,
        "version": VERSION,
        "made_at": format_time(now),
        "instance": {
            "address": site.base,
            "name": config.instance.name,
            "actor": site.instance_actor,
            "key": public_key,
        },
        "explanation": _explain(days),
        "post": _build_post(evidence, site),
        "pictures": [_build_picture(number, shown) for number, shown in enumerate(evidence.pictures, 1)],
        "earlier_files": [_build_fetch(fetch) for fetch in evidence.earlier],
        "sent": [_build_sending(sending) for sending in evidence.sendings],
        "visits": [_build_visit(visit) for visit in evidence.visits],
        "opt_out_history": [_build_change(change) for change in evidence.changes],
    }


def _explain(days: int) -> list[str]:
    return [
        "Each server was given addresses of the pictures of its own. What was asked for at such an address was asked "
        "for by that server, or by somebody who had the address from it.",
        f"What was asked at addresses of {THE_PUBLIC!r} is counted as a whole: visitors' addresses are not kept, and "
        "the name of a crawler is what it says of itself.",
        f"Counts that saw nothing new for {days} days are forgotten. Times are in UTC.",
        "Hashes are SHA-256 in hexadecimal, of the file as the artist uploaded it and of each file made from it.",
    ]


def _build_post(evidence: PostEvidence, site: Site) -> Json:
    post, artist = evidence.rows.post, evidence.rows.artist
    return {
        "id": post.object_id,
        "page": post.url,
        "artist": {"id": post.actor_id, "handle": f"@{artist.name}@{site.domain}", "name": artist.display_name},
        "text": post.text,
        "visibility": post.visibility,
        "published": format_time(post.published_at),
        "updated": _time(post.updated_at),
        "opt_out": str(evidence.policy),
    }


def _build_picture(number: int, shown: ShownPicture) -> Json:
    attachment = shown.picture.attachment
    files = sorted(shown.picture.renditions.values(), key=lambda rendition: rendition.kind)
    return {
        "number": number,
        "description": attachment.alt,
        "opt_out": str(shown.policy),
        "uploaded": _time(attachment.created_at),
        "original": {"sha256": attachment.original_hash},
        "files": [
            {
                "kind": file.kind,
                "sha256": file.hash,
                "media_type": file.media_type,
                "width": file.width,
                "height": file.height,
                "bytes": file.byte_size,
            }
            for file in files
        ],
        "fetches": [_build_fetch(fetch) for fetch in shown.fetches],
    }


def _build_fetch(fetch: Fetch) -> Json:
    return {
        "file": fetch.file_hash,
        "address_given_to": fetch.host if fetch.host != THE_WEB else THE_PUBLIC,
        "crawler": fetch.agent or None,
        "answer": fetch.answer,
        "times": fetch.count,
        "first": format_time(fetch.first_at),
        "last": format_time(fetch.last_at),
    }


def _build_sending(sending: Sending) -> Json:
    return {
        "activity": sending.activity_id,
        "kind": sending.kind,
        "written": format_time(sending.at),
        "opt_out_terms": sending.terms,
        "pictures": [{"sha256": file_hash, "opt_out": str(policy)} for file_hash, policy in sending.pictures],
        "to": [_build_receipt(receipt) for receipt in sending.to],
    }


def _build_receipt(receipt: SentTo) -> Json:
    return {
        "host": receipt.host,
        "state": receipt.state,
        "at": _time(receipt.at),
        "status": receipt.status,
        "reason": receipt.reason or None,
    }


def _build_visit(visit: Visit) -> Json:
    return {
        "host": visit.host,
        "at": visit.door,
        "answer": "refused" if visit.entry_key else "served",
        "listed_as": visit.entry_key or None,
        "reason": visit.reason or None,
        "times": visit.count,
        "first": format_time(visit.first_at),
        "last": format_time(visit.last_at),
    }


def _build_change(change: OptOutChange) -> Json:
    return {
        "level": change.level,
        "before": change.old,
        "since_then": change.new,
        "by": change.changed_by,
        "at": format_time(change.changed_at),
    }


def _time(moment: datetime | None) -> str | None:
    return format_time(moment) if moment else None
