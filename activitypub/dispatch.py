"""A table of handlers by activity and object type: a new activity is a new file, never a longer ladder."""

from collections.abc import Callable, Iterable
from typing import Final, Generic, TypeVar

ANY: Final = "*"

Handler = TypeVar("Handler", bound=Callable[..., object])


class Registry(Generic[Handler]):
    """Handlers of one kind, registered as `@inbox.on("Undo", "Follow")` by the module that holds each."""

    def __init__(self) -> None:
        self._handlers: dict[tuple[str, str], Handler] = {}

    def on(self, activity_type: str, object_type: str = ANY) -> Callable[[Handler], Handler]:
        """Register what follows for an activity whose object has this type. Raises ValueError if that is taken."""
        pair = (activity_type, object_type)

        def register(handler: Handler) -> Handler:
            if pair in self._handlers:
                raise ValueError(f"{activity_type}({object_type}) has a handler already")
            self._handlers[pair] = handler
            return handler

        return register

    def find(self, activity_type: str, object_types: Iterable[str] = ()) -> Handler | None:
        """The handler for the first of the object's types that has one, else for any object, else None.

        An object that came as a bare id has no types.
        """
        pairs = ((activity_type, object_type) for object_type in (*object_types, ANY))
        return next((self._handlers[pair] for pair in pairs if pair in self._handlers), None)

    @property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """Every registered (activity type, object type), sorted: what FEDERATION.md must list."""
        return tuple(sorted(self._handlers))
