"""What stands behind a port: by the image's name where it is known, else by the port."""

from __future__ import annotations

import pytest

from preflight.resources._image_roles import led_to

ONE_IMAGE = [
    ("postgres:16", 5432, "database", "PostgreSQL"),
    ("postgres:16", 15432, "database", "PostgreSQL"),
    ("docker.io/library/postgres:16@sha256:0", 5432, "database", "PostgreSQL"),
    ("registry.example.com:5000/mirror/mariadb", 3306, "database", "MariaDB"),
    ("bitnami/postgresql:16", 5432, "database", "PostgreSQL"),
    ("mcr.microsoft.com/mssql/server:2022-latest", 1433, "database", "SQL Server"),
    ("redis/redis-stack:7.4.0", 6379, "cache", "Redis"),
    ("redis/redis-stack:7.4.0", 8001, "admin", "Redis Insight"),
    ("rabbitmq:4-management", 5672, "broker", "RabbitMQ"),
    ("rabbitmq:4-management", 15672, "admin", "RabbitMQ's management"),
    ("eclipse-mosquitto:2", 1883, "broker", "Mosquitto"),
    ("eclipse-mosquitto:2", 8883, "other", None),
    ("opensearchproject/opensearch:2", 9200, "search", "OpenSearch"),
    ("opensearchproject/opensearch-dashboards:2", 5601, "admin", "OpenSearch Dashboards"),
    ("portainer/portainer-ce:2", 9000, "admin", "Portainer"),
    ("docker:27-dind", 2375, "admin", "Docker's API"),
    ("quay.io/coreos/etcd:v3.5", 2379, "admin", "etcd"),
    ("nginx:1.27", 80, "web", None),
    ("nginx:1.27", 5432, "database", "PostgreSQL"),
    ("traefik:v3.1", 443, "web", None),
    ("traefik:v3.1", 8080, "admin", "Traefik's dashboard"),
    ("example/api:1", 8000, "other", None),
    ("example/api:1", 8080, "web", None),
    ("example/api:1", 9090, "other", None),
    ("example/api:1", 9229, "admin", "a Node.js debugger"),
    # Names that merely contain the name of a store.
    ("vaultwarden/server:1.32", 80, "web", None),
    ("dani-garcia/vaultwarden:1.32", 80, "web", None),
    ("oliver006/redis_exporter:v1", 9121, "other", None),
    ("prometheuscommunity/postgres-exporter:v0", 9187, "other", None),
    ("swaggerapi/swagger-ui:v5", 8000, "other", None),
    ("example/agent:1", 9001, "other", None),
    ("minio/minio:1", 9000, "other", None),
    ("minio/minio:1", 9001, "admin", "MinIO's console"),
]


@pytest.mark.parametrize(("image", "port", "role", "product"), ONE_IMAGE)
def test_the_image_and_the_port_tell(image, port, role, product):
    assert led_to([image], port) == (role, product)


@pytest.mark.parametrize(
    ("port", "role"),
    [(5432, "database"), (6379, "cache"), (5672, "broker"), (9200, "search"), (8200, "admin"), (443, "web"), (9100, "other")],
)  # fmt: skip
def test_of_what_is_built_here_the_port_tells(port, role):
    assert led_to([None], port)[0] == role


def test_of_several_behind_one_network_the_port_tells_which():
    images = [None, "postgres:16", "valkey/valkey:8"]
    assert led_to(images, 5432) == ("database", "PostgreSQL")
    assert led_to(images, 6379) == ("cache", "Valkey")
    assert led_to(images, 8000) == ("other", None)
