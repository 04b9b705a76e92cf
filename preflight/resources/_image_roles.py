"""What a service is for, by the name of its image and the port in its container."""

from __future__ import annotations

from preflight.resources._images import repository

ROLES = ("database", "cache", "broker", "search", "admin", "web", "other")

# Words of an image's repository; the longest product names first where one is a part of another.
_BY_IMAGE: tuple[tuple[str, str], ...] = (
    *((name, "admin") for name in (
        "phpmyadmin", "pgadmin", "adminer", "mongo-express", "redis-commander", "redisinsight", "rabbitmq-exporter", "portainer",
        "kafka-ui", "docker-socket-proxy", "dockge", "dozzle", "cadvisor", "prometheus", "grafana", "alertmanager", "kibana",
        "openbao", "vault", "consul", "etcd", "nomad", "docker-registry-ui", "watchtower", "mailhog", "mailpit", "flower",
        "jaeger", "zipkin",
    )),
    *((name, "search") for name in ("elasticsearch", "opensearch", "meilisearch", "typesense", "solr", "weaviate", "qdrant", "zincsearch")),
    *((name, "cache") for name in ("redis", "valkey", "keydb", "dragonfly", "memcached")),
    *((name, "broker") for name in ("rabbitmq", "kafka", "redpanda", "activemq", "artemis", "pulsar", "nats", "mosquitto", "emqx", "zookeeper")),
    *((name, "database") for name in (
        "postgres", "postgis", "pgvector", "timescale", "pgbouncer", "supabase", "citus", "mysql", "mariadb", "percona", "mongo",
        "mssql", "azure-sql-edge", "oracle", "cassandra", "scylla", "couchdb", "couchbase", "cockroach", "clickhouse", "influxdb",
        "neo4j", "arangodb", "rethinkdb", "surrealdb", "ferretdb", "dgraph", "questdb", "victoria-metrics", "tidb", "dynamodb",
        "minio", "seaweedfs", "ldap",
    )),
    *((name, "web") for name in ("nginx", "traefik", "caddy", "haproxy", "httpd", "envoy", "kong", "apache", "openresty", "swag", "nginx-proxy-manager")),
)  # fmt: skip
# Ports that the servers of such a kind listen on, as their documentation says.
_BY_PORT: dict[int, str] = {
    **dict.fromkeys((5432, 6432, 3306, 33060, 1433, 1521, 27017, 27018, 9042, 7000, 5984, 8091, 26257, 8086, 7687, 389, 5433), "database"),
    **dict.fromkeys((6379, 6380, 11211, 26379), "cache"),
    **dict.fromkeys((5672, 5671, 9092, 61616, 4222, 6650, 2181), "broker"),
    **dict.fromkeys((9200, 9300, 7700), "search"),
    **dict.fromkeys((2375, 2376, 2379, 2380, 8200, 8500, 15672, 9229, 5005, 10250, 6443, 9090, 9093, 5601, 8161), "admin"),
    **dict.fromkeys((80, 443, 8080, 8443), "web"),
}  # fmt: skip


def role_of(image: str | None, port: int, *, built: bool) -> str:
    """Say what a container's port serves: by the image's name, else by the port's number.

    Args:
        image: The image as written; None where the service is only built.
        port: The port in the container.
        built: Whether the service is built here: then its image's name is the project's own word.
    """
    if image and not built:
        words = repository(image).lower()
        for name, role in _BY_IMAGE:
            if name in words.rpartition("/")[2] or name == words.partition("/")[0]:
                # A dashboard beside a store (RabbitMQ's on 15672) is what the port says.
                return "admin" if _BY_PORT.get(port) == "admin" else role
    return _BY_PORT.get(port, "other")
