"""Rules of the addresses of pages, bound in a fraction of the time that werkzeug's own take."""

from collections.abc import Callable

from quart.routing import QuartRule

Build = Callable[..., tuple[str, str]]


class ReadRule(QuartRule):
    """A rule by which addresses are read; what writes one is compiled when it is asked for.

    Pages have their addresses from the models, so nobody asks, and compiling took most of the time that an app takes
    to be built (werkzeug 3.1).
    """

    def _compile_builder(self, append_unknown: bool = True) -> Build:
        compile_now = super()._compile_builder

        def build(_: QuartRule, **values: object) -> tuple[str, str]:
            return compile_now(append_unknown)(self, **values)

        return build
