"""What is known of published images: their repository, and which of their variables can be given as a file."""

from __future__ import annotations

_POSTGRES = ("POSTGRES_PASSWORD",)
# From the images' own documentation on Docker Hub and GitHub ("Docker Secrets").
_FILE_FORMS: dict[str, tuple[str, ...]] = {
    "postgres": _POSTGRES,
    "postgis/postgis": _POSTGRES,
    "pgvector/pgvector": _POSTGRES,
    "timescale/timescaledb": _POSTGRES,
    "mysql": ("MYSQL_ROOT_PASSWORD", "MYSQL_PASSWORD"),
    "mariadb": ("MARIADB_ROOT_PASSWORD", "MARIADB_PASSWORD", "MYSQL_ROOT_PASSWORD", "MYSQL_PASSWORD"),
    "mongo": ("MONGO_INITDB_ROOT_PASSWORD",),
    "influxdb": ("DOCKER_INFLUXDB_INIT_PASSWORD", "DOCKER_INFLUXDB_INIT_ADMIN_TOKEN"),
    "minio/minio": ("MINIO_ROOT_PASSWORD",),
    "nextcloud": ("MYSQL_PASSWORD", "POSTGRES_PASSWORD", "NEXTCLOUD_ADMIN_PASSWORD", "REDIS_HOST_PASSWORD", "SMTP_PASSWORD"),
    "phpmyadmin": ("MYSQL_ROOT_PASSWORD", "MYSQL_PASSWORD", "PMA_PASSWORD"),
    "wordpress": (
        "WORDPRESS_DB_PASSWORD",
        *(f"WORDPRESS_{part}_{kind}" for part in ("AUTH", "SECURE_AUTH", "LOGGED_IN", "NONCE") for kind in ("KEY", "SALT")),
    ),
    "vaultwarden/server": ("ADMIN_TOKEN", "SMTP_PASSWORD", "DATABASE_URL"),
}  # fmt: skip


def repository(image: str) -> str:
    """Return an image's repository without registry, tag and digest: `postgres` for `docker.io/library/postgres:16`.

    Args:
        image: The image as written.
    """
    name = image.partition("@")[0]
    head, slash, tail = name.rpartition("/")
    name = head + slash + tail.partition(":")[0]
    first, slash, rest = name.partition("/")
    if slash and ("." in first or ":" in first or first == "localhost"):
        name = rest
    return name.removeprefix("library/")


def tag(image: str) -> str:
    """Return an image's tag, empty where it has none: `16-alpine` for `postgres:16-alpine@sha256:…`.

    Args:
        image: The image as written.
    """
    return image.partition("@")[0].rpartition("/")[2].partition(":")[2]


def registry(image: str) -> str:
    """Return the registry that an image is pulled from: `docker.io` where none is written (distribution/reference).

    Args:
        image: The image as written.
    """
    first, slash, _ = image.partition("@")[0].partition("/")
    return first if slash and ("." in first or ":" in first or first == "localhost") else "docker.io"


def file_form(image: str | None, name: str) -> str | None:
    """Return the name of the variable under which an image takes a secret as a file, or None where none is known.

    Args:
        image: The image as written.
        name: The variable that holds the secret itself.
    """
    if not image:
        return None
    known = repository(image)
    if known.startswith("bitnami/"):
        return f"{name}_FILE" if name.endswith("PASSWORD") else None
    if known.startswith("grafana/grafana") and name.startswith("GF_"):
        return f"{name}__FILE"
    return f"{name}_FILE" if name in _FILE_FORMS.get(known, ()) else None
