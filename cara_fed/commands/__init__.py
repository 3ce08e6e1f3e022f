"""The commands of ``cara-fed``, one file a noun."""

from cara_fed.commands import (
    artist,
    backup,
    blocklist,
    check,
    cloak,
    deliveries,
    doctor,
    evidence,
    follow,
    keys,
    opt_out,
    originals,
    post,
    protect,
    serve,
    trace,
)

COMMANDS = (
    serve.register,
    check.register,
    artist.register,
    post.register,
    follow.register,
    protect.register,
    trace.register,
    blocklist.register,
    opt_out.register,
    evidence.register,
    cloak.register,
    deliveries.register,
    keys.register,
    originals.register,
    backup.register,
    doctor.register,
)
