"""May machines learn from this? One policy, told alike on every surface, and read from what others say."""

from activitypub.opt_out.policy import OptOut, effective, strictest
from activitypub.opt_out.signals import (
    AI_POLICY_PATH,
    LICENSE_PATH,
    TDM_POLICY_NUMBERS,
    Signals,
    policy_of_tdm_number,
    signals,
)
from activitypub.opt_out.stated import StatedOptOut, read_stated_opt_out
from activitypub.opt_out.surfaces import (
    OPT_OUT_ACTOR_CONTEXT,
    OPT_OUT_CONTEXT,
    OPT_OUT_TERMS,
    actor_terms,
    attachment_terms,
    cawg_assertion,
    content_signal_line,
    content_usage_line,
    html_links,
    html_meta,
    http_headers,
    object_terms,
    tdmrep_rule,
)

__all__ = [
    "AI_POLICY_PATH",
    "LICENSE_PATH",
    "OPT_OUT_ACTOR_CONTEXT",
    "OPT_OUT_CONTEXT",
    "OPT_OUT_TERMS",
    "TDM_POLICY_NUMBERS",
    "OptOut",
    "Signals",
    "StatedOptOut",
    "actor_terms",
    "attachment_terms",
    "cawg_assertion",
    "content_signal_line",
    "content_usage_line",
    "effective",
    "html_links",
    "html_meta",
    "http_headers",
    "object_terms",
    "policy_of_tdm_number",
    "read_stated_opt_out",
    "signals",
    "strictest",
    "tdmrep_rule",
]
