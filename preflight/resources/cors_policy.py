"""Which origins may read responses (Fetch standard, CORS protocol; RFC 6454 for what an origin is)."""

from __future__ import annotations

from preflight.bindings.tokens import tokens
from preflight.model.fact import Deferred, Unknown
from preflight.model.record import field
from preflight.resources._values import flag, not_literal, with_role
from preflight.resources.base import Resource
from preflight.values.cors_origin import classify, classify_regex, parse_origins

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from preflight.model.fact import Fact
    from preflight.model.setting import Setting
    from preflight.model.subject import Subject
    from preflight.resources.base import Context

_ANY = frozenset({"wildcard", "reflects_any"})
_WILDCARD = frozenset({"wildcard_subdomain", "regex_unanchored", "regex_unescaped_dot"})
_ALL_WORDS = frozenset({"yes", "all", "any", "reflect", "on"})  # what a switch for every origin is written as
_LOCAL = frozenset({"loopback"})
_FINE = frozenset({"exact", "regex_anchored"})


class CorsPolicy(Resource):
    """One setting that says which origins may read responses."""

    any_origin: Fact[bool] = field("Whether it lets every origin in: `*`, `true`, `.*`.")
    wildcard: Fact[bool] = field("Whether it has a pattern that lets in more than it names.")
    null_origin: Fact[bool] = field("Whether it lets the origin `null` in, which any sandboxed page has.")
    plain_http: Fact[bool] = field("Whether it lets in an origin that is not https and not local.")
    local: Fact[bool] = field("Whether it lets in an origin of this machine.")
    unmatchable: Fact[tuple[str, ...]] = field("Why some of its entries never match an origin, as codes.")
    readable: Fact[bool] = field(
        "Whether it is a list that can be read, of nothing but origins and patterns of origins."
    )
    credentials: Fact[bool] = field("Whether cross-origin requests may carry credentials.")
    readable_as: Fact[str] = field("How the list is written.", choices=("json", "list", "regex", "switch"))


RESOURCE = CorsPolicy


def collect(subject: Subject, context: Context) -> Iterator[CorsPolicy]:
    """Collect the settings of origins, patterns and switches."""
    credentials = next(
        (flag(one) for one in with_role(subject, context.bindings, "cors_credentials") if one.is_set), None
    )
    for setting in with_role(subject, context.bindings, "cors_origins", "cors_origin_regex", "cors_allow_all"):
        if not setting.is_set:
            continue
        other = not_literal(setting)
        if other is not None:
            names = (
                "any_origin",
                "wildcard",
                "null_origin",
                "plain_http",
                "local",
                "unmatchable",
                "readable",
                "readable_as",
            )
            yield CorsPolicy(
                name=setting.name,
                origin=setting.origin,
                via=setting.via,
                credentials=credentials,
                **dict.fromkeys(names, other),
            )
        else:
            yield _policy(setting, str(context.bindings.role(setting.name)), credentials)


def _policy(setting: Setting, role: str, credentials: Fact[bool]) -> CorsPolicy:
    text = setting.text or ""
    if role == "cors_allow_all":
        allows = flag(setting)
        return CorsPolicy(
            name=setting.name, origin=setting.origin, via=setting.via, credentials=credentials, readable_as="switch",
            any_origin=allows if isinstance(allows, (Unknown, Deferred)) else bool(allows),
            wildcard=False, null_origin=False, plain_http=False, local=False, unmatchable=(), readable=True,
        )  # fmt: skip
    if role == "cors_origin_regex" or "regex" in tokens(setting.name):
        codes = [classify_regex(text), *(classify(word) for word in (text.strip(),) if word == "*")]
        written = "regex"
    else:
        parsed = parse_origins(text)
        codes = ["reflects_any" if token.lower() in _ALL_WORDS else classify(token) for token in parsed.tokens]
        if parsed.problem is not None or (not codes and parsed.format == "list"):
            codes.append("unparsable")
        written = parsed.format
    known = set(codes)
    unmatchable = tuple(sorted(known - _ANY - _WILDCARD - _LOCAL - _FINE - {"null_origin", "plain_http", "unparsable"}))
    return CorsPolicy(
        name=setting.name, origin=setting.origin, via=setting.via, credentials=credentials, readable_as=written,
        any_origin=bool(known & _ANY), wildcard=bool(known & _WILDCARD), null_origin="null_origin" in known,
        plain_http="plain_http" in known, local=bool(known & _LOCAL), unmatchable=unmatchable,
        readable="unparsable" not in known,
    )  # fmt: skip
