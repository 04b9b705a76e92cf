"""Images that services run, by what their names pin (Open Container Initiative, Distribution Specification, "Pulling manifests")."""

from __future__ import annotations

from preflight.model.record import field
from preflight.resources._images import registry, repository, tag
from preflight.resources.base import Resource

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from preflight.model.fact import Fact
    from preflight.model.subject import Subject
    from preflight.resources.base import Context

# Tags that are moved with every release, or every commit; `latest-alpine` is one as well.
_MOVING = frozenset(
    {
        "latest", "main", "master", "develop", "dev", "edge", "nightly", "stable", "canary", "next", "rolling", "head", "trunk",
        "snapshot", "unstable",
    }
)  # fmt: skip


class Image(Resource):
    """One image."""

    repository: Fact[str] = field("Its repository, without registry, tag and digest.")
    tag: Fact[str] = field("Its tag; absent where none is written, which means `latest`.")
    digest: Fact[bool] = field("Whether a digest pins it.")
    registry: Fact[str] = field("The registry it is pulled from.")
    pinned: Fact[bool] = field("Whether its tag names a version, or a digest pins it.")
    built: Fact[bool] = field("Whether the service is built here, and the image only names the result.")


RESOURCE = Image


_ADDRESS = "(an address, which is no reference to an image)"


def collect(subject: Subject, context: Context) -> Iterator[Image]:  # noqa: ARG001 - a collector's signature
    """Collect a service's image."""
    service = subject.service
    if service is None or not service.image:
        return
    # No reference to an image has a scheme: it is an address, which may carry a password.
    image = service.image if "://" not in service.image else ""
    written = tag(image)
    digest = "@sha256:" in image or "@sha512:" in image
    yield Image(
        name=image or _ADDRESS,
        origin=service.places.get("image", subject.origin),
        repository=repository(image) or None,
        registry=registry(image),
        tag=written or None,
        digest=digest,
        pinned=digest or (bool(written) and not _moves(written.lower())),
        built=service.built,
    )


def _moves(written: str) -> bool:
    return written in _MOVING or written.startswith("latest-")
