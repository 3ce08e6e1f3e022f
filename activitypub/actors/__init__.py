"""Actors: our artists and the instance itself as documents, and everyone else's documents as values."""

from activitypub.actors.build import (
    ActorPicture,
    ActorProfile,
    ProfileField,
    build_actor,
    build_actor_stub,
    build_actor_tombstone,
    build_instance_actor,
    instance_actor_name,
)
from activitypub.actors.capabilities import accepts_rfc9421
from activitypub.actors.read import RemoteActor, RemotePicture, read_actor

__all__ = [
    "ActorPicture",
    "ActorProfile",
    "ProfileField",
    "RemoteActor",
    "RemotePicture",
    "accepts_rfc9421",
    "build_actor",
    "build_actor_stub",
    "build_actor_tombstone",
    "build_instance_actor",
    "instance_actor_name",
    "read_actor",
]
