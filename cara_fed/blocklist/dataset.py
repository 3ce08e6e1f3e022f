"""Our own list as a FIRES dataset (fedimod/fires): documents of the dataset, its changes and its labels."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from activitypub.documents import Json
from activitypub.identifiers import Site, time_of_pk
from cara_fed.blocklist.entries import EntryLabel, EntryPolicy
from cara_fed.blocklist.uuids import uuid_of
from storage.blocklist_changes import RETRACTION, TOMBSTONE, BlocklistChange

CONTEXT: Final = ["https://www.w3.org/ns/activitystreams", "https://fires.fedimod.org/context/fires.jsonld"]
BEGINNING: Final = "00000000-0000-7000-A000-000000000000"
NAME: Final = "AI scrapers on the fediverse"
SUMMARY: Final = (
    "Servers and actors that take artists' posts for AI training, answer engines or bulk archives without consent. "
    "Nothing else is a reason to be on this list."
)
LABEL_SUMMARIES: Final = {
    EntryLabel.TRAINING_HARVEST: "Collects posts or pictures to train AI models, or passes them on for that.",
    EntryLabel.ANSWER_ENGINE: "Feeds posts into an AI product that answers in the artists' place.",
    EntryLabel.BULK_ARCHIVE: "Copies posts in bulk into a data set or an archive.",
    EntryLabel.CONSENT_IGNORED: "Takes posts in spite of a stated opt-out, or makes opting out the artists' burden.",
    EntryLabel.ALIAS: "Another name or server of somebody who is listed.",
}


@dataclass(frozen=True, slots=True)
class Dataset:
    """The dataset's addresses; ``pk`` is its key, made once, and the labels have those after it."""

    site: Site
    pk: int

    @property
    def uuid(self) -> str:
        """The dataset's UUID."""
        return uuid_of(self.pk, self.site.base)

    @property
    def id(self) -> str:
        """The dataset's id."""
        return f"{self.site.base}/datasets/{self.uuid}"

    @property
    def changes(self) -> str:
        """The id of its changes."""
        return f"{self.id}/changes"

    def page(self, since: str) -> str:
        """The id of a page of changes."""
        return f"{self.changes}?since={since}"

    def change(self, pk: int) -> str:
        """The id of one change."""
        return f"{self.changes}/{uuid_of(pk, self.site.base)}"

    def label_uuid(self, label: EntryLabel) -> str:
        """The UUID of a label."""
        return uuid_of(self.pk + 1 + tuple(EntryLabel).index(label), self.site.base)

    def label(self, label: EntryLabel) -> str:
        """The id of a label."""
        return f"{self.site.base}/labels/{self.label_uuid(label)}"

    def find_label(self, uuid: str) -> EntryLabel | None:
        """The label of that UUID."""
        return next((label for label in EntryLabel if self.label_uuid(label) == uuid.lower()), None)


def build_datasets(dataset: Dataset) -> Json:
    """`/datasets`: the one there is."""
    id = f"{dataset.site.base}/datasets"
    return {"@context": CONTEXT, "id": id, "type": "Collection", "totalItems": 1, "items": [_build_dataset(dataset)]}


def build_dataset(dataset: Dataset) -> Json:
    """`/datasets/UUID`."""
    return {"@context": CONTEXT, **_build_dataset(dataset)}


def build_snapshot(dataset: Dataset, standing: Sequence[BlocklistChange], last_pk: int, now: datetime) -> Json:
    """`/datasets/UUID/snapshot`: what stands, the newest first, and where to read on from there.

    ``standing`` is the last change about each thing, oldest first; ``last_pk`` the last change of all, 0 for none.
    """
    items = [_build_change(dataset, change) for change in reversed(standing) if is_in_force(change, now)]
    return {
        "@context": CONTEXT,
        "id": f"{dataset.id}/snapshot",
        "type": "OrderedCollection",
        "summary": SUMMARY,
        "dataset": dataset.id,
        "changes": dataset.page(uuid_of(last_pk, dataset.site.base) if last_pk else BEGINNING),
        "totalItems": len(items),
        "orderedItems": items,
    }


def build_changes(dataset: Dataset, total: int) -> Json:
    """`/datasets/UUID/changes`: where to begin reading."""
    return {
        "@context": CONTEXT,
        "id": dataset.changes,
        "type": "OrderedCollection",
        "dataset": dataset.id,
        "totalItems": total,
        "first": dataset.page(BEGINNING),
    }


def build_page(dataset: Dataset, since: str, changes: Sequence[BlocklistChange], total: int) -> Json:
    """A page of changes, oldest first. Its ``next`` is where later ones will be; an empty page means: no more yet."""
    last = uuid_of(changes[-1].pk, dataset.site.base) if changes else since
    return {
        "@context": CONTEXT,
        "id": dataset.page(since),
        "type": "OrderedCollectionPage",
        "partOf": dataset.changes,
        "dataset": dataset.id,
        "totalItems": total,
        "next": dataset.page(last),
        "orderedItems": [_build_change(dataset, change) for change in changes],
    }


def build_change(dataset: Dataset, change: BlocklistChange) -> Json:
    """`/datasets/UUID/changes/UUID`."""
    return {"@context": CONTEXT, **_build_change(dataset, change), "dataset": dataset.id}


def build_labels(dataset: Dataset) -> Json:
    """`/labels`: the words that say why."""
    items = [_build_label(dataset, label) for label in EntryLabel]
    id = f"{dataset.site.base}/labels"
    return {"@context": CONTEXT, "id": id, "type": "Collection", "totalItems": len(items), "items": items}


def build_label(dataset: Dataset, label: EntryLabel) -> Json:
    """`/labels/UUID`."""
    return {"@context": CONTEXT, **_build_label(dataset, label)}


def is_in_force(change: BlocklistChange, now: datetime) -> bool:
    """Whether what the last change about something says still holds."""
    stands = change.change_type not in (RETRACTION, TOMBSTONE)
    return stands and (change.expires_at is None or change.expires_at > now)


def _build_dataset(dataset: Dataset) -> Json:
    return {
        "id": dataset.id,
        "type": "Dataset",
        "url": f"{dataset.site.base}/blocklists/ai-scrapers",
        "name": NAME,
        "summary": SUMMARY,
        "published": _time(time_of_pk(dataset.pk)),
        "attributedTo": dataset.site.instance_actor,
        "endpoints": {"changes": dataset.changes, "snapshot": f"{dataset.id}/snapshot"},
    }


def _build_change(dataset: Dataset, change: BlocklistChange) -> Json:
    is_buried = change.change_type == TOMBSTONE
    pk = int(change.key) if is_buried and change.key else change.pk
    head: Json = {"id": dataset.change(pk), "type": _type_of(change), "published": _time(change.published_at)}
    if is_buried:
        return head
    about = {"entityKind": change.kind, "entityKey": change.key}
    said: Json = {"comment": change.comment} if change.comment else {}
    if change.change_type == RETRACTION:
        return {**head, **about, **said}
    return {**head, **about, **_build_recommendation(dataset, change), **said, **_build_proof(dataset, change)}


def _build_recommendation(dataset: Dataset, change: BlocklistChange) -> Json:
    labels = [dataset.label(label) for label in EntryLabel if label == change.label]
    if change.policy == EntryPolicy.ADVISORY:
        return {"labels": labels}
    return {"labels": labels, "recommendedPolicy": change.policy, "recommendedFilters": []}


def _build_proof(dataset: Dataset, change: BlocklistChange) -> Json:
    """Who says so, on what evidence and until when; as the instance, so that nobody's name is published."""
    proof: Json = {"attributedTo": dataset.site.instance_actor}
    if change.evidence:
        proof["attachment"] = [{"type": "Link", "href": url, "name": "evidence"} for url in change.evidence]
    if change.expires_at is not None:
        proof["endTime"] = _time(change.expires_at)
    return proof


def _build_label(dataset: Dataset, label: EntryLabel) -> Json:
    published = _time(time_of_pk(dataset.pk))
    return {
        "id": dataset.label(label),
        "type": "Label",
        "name": str(label),
        "summary": LABEL_SUMMARIES[label],
        "published": published,
    }


def _type_of(change: BlocklistChange) -> str:
    if change.policy == EntryPolicy.ADVISORY:
        return "Advisory"
    return change.change_type.capitalize()


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
