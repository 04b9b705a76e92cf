"""What a published port leads to: a database, a cache, a broker, a search engine, an administration, or a web server.

By the name of the image where it is a known one, else by the port in the container: the port numbers of IANA's registry and of the
products' own documentation. A port that many programs use (3000, 8080, 9000, 9090) says nothing by itself.
"""

from __future__ import annotations

from preflight.resources._images import repository

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    Led = tuple[str, str | None]

STORES = ("database", "cache", "broker", "search")
ROLES = (*STORES, "admin", "web", "other")

# Role and product by the last part of an image's repository.
_IMAGES: dict[str, dict[str, str]] = {
    "database": {
        "postgres": "PostgreSQL", "postgresql": "PostgreSQL", "postgresql-repmgr": "PostgreSQL", "postgis": "PostgreSQL",
        "pgvector": "PostgreSQL", "pgvecto-rs": "PostgreSQL", "vchord-postgres": "PostgreSQL", "timescaledb": "PostgreSQL",
        "timescaledb-ha": "PostgreSQL", "citus": "PostgreSQL", "paradedb": "PostgreSQL", "spilo": "PostgreSQL",
        "pgbouncer": "PgBouncer", "pgpool": "Pgpool-II",
        "mysql": "MySQL", "mysql-server": "MySQL", "mariadb": "MariaDB", "mariadb-galera": "MariaDB", "percona": "MySQL",
        "percona-server": "MySQL", "percona-xtradb-cluster": "MySQL", "proxysql": "ProxySQL",
        "mongo": "MongoDB", "mongodb": "MongoDB", "mongodb-community-server": "MongoDB", "mongodb-enterprise-server": "MongoDB",
        "percona-server-mongodb": "MongoDB", "ferretdb": "FerretDB",
        "azure-sql-edge": "SQL Server", "oracle-xe": "Oracle", "oracle-free": "Oracle", "oracledb": "Oracle",
        "cassandra": "Cassandra", "scylla": "ScyllaDB", "couchdb": "CouchDB", "neo4j": "Neo4j", "arangodb": "ArangoDB",
        "influxdb": "InfluxDB", "clickhouse": "ClickHouse", "clickhouse-server": "ClickHouse", "cockroach": "CockroachDB",
        "yugabyte": "YugabyteDB", "rethinkdb": "RethinkDB", "surrealdb": "SurrealDB", "questdb": "QuestDB", "firebird": "Firebird",
        "qdrant": "Qdrant", "weaviate": "Weaviate", "chroma": "Chroma", "milvus": "Milvus", "victoria-metrics": "VictoriaMetrics",
    },
    "cache": {
        "redis": "Redis", "redis-stack": "Redis", "redis-stack-server": "Redis", "redis-cluster": "Redis",
        "redis-sentinel": "Redis Sentinel", "keydb": "KeyDB", "valkey": "Valkey", "valkey-bundle": "Valkey",
        "valkey-cluster": "Valkey", "dragonfly": "Dragonfly", "memcached": "Memcached", "hazelcast": "Hazelcast",
    },
    "broker": {
        "rabbitmq": "RabbitMQ", "kafka": "Kafka", "cp-kafka": "Kafka", "cp-server": "Kafka", "kafka-native": "Kafka",
        "redpanda": "Redpanda", "nats": "NATS", "nats-streaming": "NATS", "eclipse-mosquitto": "Mosquitto", "emqx": "EMQX",
        "vernemq": "VerneMQ", "activemq": "ActiveMQ", "activemq-classic": "ActiveMQ", "activemq-artemis": "ActiveMQ Artemis",
        "pulsar": "Pulsar", "zookeeper": "ZooKeeper", "cp-zookeeper": "ZooKeeper", "nsq": "NSQ", "beanstalkd": "beanstalkd",
    },
    "search": {
        "elasticsearch": "Elasticsearch", "opensearch": "OpenSearch", "meilisearch": "Meilisearch", "typesense": "Typesense",
        "solr": "Solr", "manticore": "Manticore", "zincsearch": "ZincSearch",
    },
    "admin": {
        "adminer": "Adminer", "pgadmin4": "pgAdmin", "phpmyadmin": "phpMyAdmin", "mongo-express": "mongo-express",
        "redis-commander": "Redis Commander", "redisinsight": "Redis Insight", "cloudbeaver": "CloudBeaver", "pgweb": "pgweb",
        "kafka-ui": "a Kafka console", "akhq": "AKHQ", "kafdrop": "Kafdrop", "kibana": "Kibana",
        "opensearch-dashboards": "OpenSearch Dashboards", "cerebro": "Cerebro",
        "portainer": "Portainer", "portainer-ce": "Portainer", "portainer-ee": "Portainer", "agent": "a Portainer agent",
        "dozzle": "Dozzle", "yacht": "Yacht", "dockge": "Dockge", "docker-socket-proxy": "Docker's API",
        "socket-proxy": "Docker's API", "docker": "Docker's API", "cadvisor": "cAdvisor",
        "prometheus": "Prometheus", "alertmanager": "Alertmanager", "pushgateway": "Pushgateway", "node-exporter": "node exporter",
        "grafana": "Grafana", "grafana-oss": "Grafana", "grafana-enterprise": "Grafana", "netdata": "Netdata", "loki": "Loki",
        "vault": "Vault", "openbao": "OpenBao", "consul": "Consul", "nomad": "Nomad", "etcd": "etcd", "flower": "Flower",
        "selenium": "Selenium", "code-server": "code-server",
    },
    "web": dict.fromkeys(
        (
            "nginx", "nginx-unprivileged", "nginx-proxy", "nginx-proxy-manager", "openresty", "httpd", "apache", "caddy",
            "caddy-docker-proxy", "traefik", "haproxy", "envoy", "kong", "varnish", "swag",
        ),
        "",
    ),
}  # fmt: skip
_REPOSITORIES: dict[str, Led] = {"mssql/server": ("database", "SQL Server"), "coreos/etcd": ("admin", "etcd")}
_NAMES: dict[str, Led] = {
    name: (role, product or None) for role, products in _IMAGES.items() for name, product in products.items()
}
# Names that mean a product only of this publisher.
_OWNERS = {
    "agent": ("portainer",),
    "docker": ("",),
    "selenium": ("selenium",),
    "loki": ("grafana",),
    "chroma": ("chromadb",),
}
# Ports of known images that lead to something else than the rest of the image.
_PORTS_OF_IMAGES: dict[tuple[str, int], Led] = {
    ("rabbitmq", 15672): ("admin", "RabbitMQ's management"),
    ("rabbitmq", 15671): ("admin", "RabbitMQ's management"),
    ("rabbitmq", 5671): ("other", None),  # TLS
    ("eclipse-mosquitto", 8883): ("other", None),
    ("emqx", 8883): ("other", None),
    ("emqx", 18083): ("admin", "EMQX's dashboard"),
    ("nats", 8222): ("admin", "NATS' monitoring"),
    ("neo4j", 7474): ("admin", "Neo4j's browser"),
    ("redis-stack", 8001): ("admin", "Redis Insight"),
    ("activemq", 8161): ("admin", "ActiveMQ's console"),
    ("activemq-classic", 8161): ("admin", "ActiveMQ's console"),
    ("activemq-artemis", 8161): ("admin", "ActiveMQ's console"),
    ("traefik", 8080): ("admin", "Traefik's dashboard"),
    ("kong", 8001): ("admin", "Kong's administration"),
    ("kong", 8444): ("admin", "Kong's administration"),
    ("nginx-proxy-manager", 81): ("admin", "the proxy's administration"),
    ("minio", 9001): ("admin", "MinIO's console"),
}
_PORTS: dict[int, Led] = {
    5432: ("database", "PostgreSQL"), 3306: ("database", "MySQL"), 33060: ("database", "MySQL"),
    1433: ("database", "SQL Server"), 1521: ("database", "Oracle"), 27017: ("database", "MongoDB"),
    27018: ("database", "MongoDB"), 27019: ("database", "MongoDB"), 9042: ("database", "Cassandra"),
    5984: ("database", "CouchDB"), 7687: ("database", "Neo4j"), 8086: ("database", "InfluxDB"),
    28015: ("database", "RethinkDB"), 8529: ("database", "ArangoDB"), 26257: ("database", "CockroachDB"),
    6379: ("cache", "Redis"), 26379: ("cache", "Redis Sentinel"), 11211: ("cache", "Memcached"),
    5672: ("broker", "RabbitMQ"), 9092: ("broker", "Kafka"), 4222: ("broker", "NATS"), 1883: ("broker", "an MQTT broker"),
    61616: ("broker", "ActiveMQ"), 2181: ("broker", "ZooKeeper"), 6650: ("broker", "Pulsar"),
    9200: ("search", "Elasticsearch"), 9300: ("search", "Elasticsearch"), 7700: ("search", "Meilisearch"),
    8983: ("search", "Solr"), 8108: ("search", "Typesense"),
    2375: ("admin", "Docker's API"), 2376: ("admin", "Docker's API"), 15672: ("admin", "RabbitMQ's management"),
    8200: ("admin", "Vault"), 8500: ("admin", "Consul"), 2379: ("admin", "etcd"), 2380: ("admin", "etcd"),
    6443: ("admin", "a Kubernetes API"), 10250: ("admin", "a kubelet"), 9229: ("admin", "a Node.js debugger"),
    5005: ("admin", "a Java debugger"), 5601: ("admin", "Kibana"), 7474: ("admin", "Neo4j's browser"),
}  # fmt: skip
_WEB = frozenset({80, 443, 8080, 8443})


def role_of(image: str | None) -> str | None:
    """Return the role of what an image runs, one of `ROLES`, or None for an image that is not known.

    Args:
        image: The image as written; None where there is none.
    """
    led = _of_image(repository(image)) if image else None
    return led[0] if led is not None else None


def led_to(images: Iterable[str | None], port: int) -> Led:
    """Return the role of what stands behind a port, one of `ROLES`, and the product's name where it is known.

    Args:
        images: The images of the container and of those that share its network; None for one whose name says nothing.
        port: The port in the container.
    """
    images = tuple(images)
    names = [repository(image) for image in images if image]
    for name in names:
        special = _PORTS_OF_IMAGES.get((name.rpartition("/")[2], port))
        if special is not None:
            return special
    known = [found for found in map(_of_image, names) if found is not None]
    stores = [found for found in known if found[0] != "web"]
    by_port = _PORTS.get(port)
    if stores and len(images) == 1:
        return stores[0]
    if by_port is not None:
        # Of several containers behind one network, or of a proxy, it is the port that tells which one is meant.
        return next((found for found in stores if found[0] == by_port[0]), by_port)
    return ("web", None) if len(known) > len(stores) or port in _WEB else ("other", None)


def _of_image(name: str) -> Led | None:
    owner, _, last = name.rpartition("/")
    if last in _OWNERS and owner.rpartition("/")[2] not in _OWNERS[last]:
        return None
    return next((led for known, led in _REPOSITORIES.items() if name.endswith(known)), None) or _NAMES.get(last)
