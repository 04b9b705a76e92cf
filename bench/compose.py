"""How long a large Compose project takes, beside compose-lint on the same file.

Whole processes, timed in turn, so that a machine that slows down slows both. What counts are the ratios: to compose-lint's time on
1,000 services, and of ten times as many services to these. The project is made here: services of every kind, good and bad, with
a variable in each third of them.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

#: A service of each kind. `{n}` is its number, so that every name, port and volume is of its own.
KINDS = (
    """  api{n}:
    image: registry.example.com/shop/api:2.4.{n}
    restart: unless-stopped
    environment:
      ENV: production
      DATABASE_URL: postgresql://api{n}@db{n}.internal:5432/shop?sslmode=verify-full&sslrootcert=/run/secrets/db_ca
      JWT_SECRET_FILE: /run/secrets/jwt
      CORS_ORIGINS: https://shop{n}.example.com
      TLS_MIN_VERSION: "1.3"
      LOG_LEVEL: info
    secrets: [jwt, db_ca]
    ports: ["127.0.0.1:{port}:8000"]
    depends_on: [gate]
""",
    """  db{n}:
    image: postgres:17.2
    command: postgres -c ssl=on -c ssl_min_protocol_version=TLSv1.2 -c password_encryption=scram-sha-256
    environment:
      POSTGRES_DB: shop
      POSTGRES_USER: shop
      POSTGRES_PASSWORD_FILE: /run/secrets/db_password
    secrets: [db_password]
    volumes: ["data{n}:/var/lib/postgresql/data"]
    ports: ["{port}:5432"]
    healthcheck:
      test: ["CMD", "pg_isready"]
""",
    """  cache{n}:
    image: redis:7
    command: redis-server --requirepass ${{CACHE_PASSWORD}}
    ports:
      - target: 6379
        published: "{port}"
        host_ip: 0.0.0.0
    environment:
      - REDIS_PASSWORD=changeme{n}
      - TLS_MIN_VERSION=1.0
""",
    """  worker{n}:
    image: registry.example.com/shop/worker
    privileged: true
    volumes: ["/var/run/docker.sock:/var/run/docker.sock", "./uploads{n}:/uploads"]
    environment:
      ADMIN_PASSWORD: ${{ADMIN_PASSWORD:-admin1234}}
      DATABASE_URL: postgresql://w:pass@db.example.com/shop?sslmode=require
      CORS_ORIGINS: "*"
      QUEUE: jobs{n}
    cap_add: [SYS_ADMIN]
""",
    """  web{n}:
    image: nginx:1.27.{n}
    read_only: true
    cap_drop: [ALL]
    ports: ["${{BIND_LOCAL}}:{port}:8080"]
    networks: [front]
    labels: {{team: shop, tier: "{n}"}}
    logging:
      driver: json-file
      options: {{max-size: 10m}}
""",
)
HEAD = "name: shop\nservices:\n  gate:\n    image: registry.example.com/shop/gate:1.0.0\n"
ENVIRONMENT = "BIND_LOCAL=127.0.0.1\nCACHE_PASSWORD=\n"


def project(services: int) -> str:
    """Return the text of a project of so many services."""
    parts = [HEAD]
    parts += [KINDS[n % len(KINDS)].format(n=n, port=1024 + n % 64000) for n in range(services - 1)]
    names = [f"  data{n}:\n" for n in range(services - 1) if n % len(KINDS) == 1]
    parts.append("networks:\n  front:\nvolumes:\n" + "".join(names))
    parts.append("secrets:\n" + "".join(f"  {name}: {{external: true}}\n" for name in ("jwt", "db_ca", "db_password")))
    return "".join(parts)


def seconds(command: list[str], folder: Path, environment: dict[str, str]) -> float:
    """Return the wall time of one run."""
    started = time.perf_counter()
    done = subprocess.run(
        command, cwd=folder, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False
    )
    if done.returncode not in {0, 1}:
        raise SystemExit(f"{' '.join(command)}: exit code {done.returncode}")
    return time.perf_counter() - started


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=9, help="rounds (default: 9)")
    parser.add_argument("--at-most", type=float, default=1.0, help="times compose-lint's time (default: 1)")
    parser.add_argument("--at-most-tenfold", type=float, default=12.0, help="times for tenfold services (default: 12)")
    options = parser.parse_args()
    beside = os.path.dirname(sys.executable)
    preflight, other = (shutil.which(name, path=beside) for name in ("preflight", "compose-lint"))
    if not preflight or not other:
        print("preflight and compose-lint must be installed beside this Python", file=sys.stderr)
        return 69
    root = Path(tempfile.mkdtemp(prefix="preflight-bench-"))
    environment = {"PATH": os.environ.get("PATH", os.defpath), "HOME": str(root)}
    judge = [preflight, "check", "--format", "json"]
    lint = [other, "--format", "json"]
    try:
        folders = {}
        for services in (1000, 10000):
            folders[services] = root / str(services)
            folders[services].mkdir()
            (folders[services] / "compose.yaml").write_text(project(services), encoding="utf-8")
            (folders[services] / ".env").write_text(ENVIRONMENT, encoding="utf-8")
            (folders[services] / ".env").chmod(0o600)
        cases = [("preflight", judge, 1000), ("compose-lint", lint, 1000), ("preflight, tenfold", judge, 10000)]
        times: dict[str, list[float]] = {name: [] for name, _, _ in cases}
        for turn in range(options.rounds + 1):
            for name, command, services in cases:
                if services > 1000 and turn % 4 != 1:
                    continue  # a tenth of the rounds' time each: a quarter of the rounds is enough
                taken = seconds(command, folders[services], environment)
                if turn:  # the first round warms the caches
                    times[name].append(taken)
    finally:
        shutil.rmtree(root)
    middle = {name: statistics.median(taken) for name, taken in times.items()}
    beside_lint = statistics.median(
        ours / theirs for ours, theirs in zip(times["preflight"], times["compose-lint"], strict=True)
    )
    tenfold = middle["preflight, tenfold"] / middle["preflight"]
    for name, taken in middle.items():
        print(f"{name:<20} {taken * 1000:8.0f} ms")
    print(f"preflight / compose-lint, 1,000 services     {beside_lint:6.2f}   at most {options.at_most:g}")
    print(f"10,000 services / 1,000 services             {tenfold:6.2f}   at most {options.at_most_tenfold:g}")
    return 0 if beside_lint <= options.at_most and tenfold <= options.at_most_tenfold else 1


if __name__ == "__main__":
    sys.exit(main())
