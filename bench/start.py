"""How many bare interpreters one run of the gate costs.

Whole processes, timed in turn (bare, preflight, bare, …), so that a machine that slows down slows both. What counts is the
ratio; absolute times are printed for orientation only.
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

ROOT = Path(__file__).resolve().parent.parent


def seconds(command: list[str], folder: str, environment: dict[str, str], code: int = 0) -> float:
    """Return the wall time of one run, which must end with an exit code."""
    started = time.perf_counter()
    done = subprocess.run(
        command, cwd=folder, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False
    )
    taken = time.perf_counter() - started
    if done.returncode != code:
        raise SystemExit(f"{' '.join(command)}: exit code {done.returncode}, not {code}")
    return taken


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=25, help="rounds (default: 25)")
    parser.add_argument("--at-most", type=float, default=8.0, help="the ratio that must not be passed (default: 8)")
    parser.add_argument(
        "--at-most-with-certificates",
        type=float,
        default=16.0,
        help="the same, where certificates are looked into (default: 16)",
    )
    options = parser.parse_args()
    preflight = shutil.which("preflight", path=os.path.dirname(sys.executable)) or "preflight"
    folder = tempfile.mkdtemp(prefix="preflight-bench-")
    environment = {"PATH": f"{os.path.dirname(sys.executable)}:{os.environ.get('PATH', '')}", "HOME": folder}
    try:
        script = (ROOT / "examples/payments-api/prepare.sh").read_text()
        subprocess.run(
            ["sh", "-c", script, "prepare.sh", str(ROOT / "examples/payments-api"), folder],
            env=environment,
            check=True,
            stdout=subprocess.DEVNULL,
        )
        bare = [sys.executable, "-I", "-c", "pass"]
        lines = (Path(folder) / ".env.production").read_text(encoding="utf-8").splitlines()
        plain = [line for line in lines if "_CERT" not in line and "SERVER_TLS" not in line]
        # In a folder of its own: beside the other its secrets would be used twice.
        (Path(folder) / "plain").mkdir()
        (Path(folder) / "plain/plain.env").write_text("\n".join(plain) + "\n", encoding="utf-8")
        (Path(folder) / "plain/plain.env").chmod(0o600)
        limit, with_certificates = options.at_most, options.at_most_with_certificates
        cases = {
            "check plain.env": ([preflight, "check", "plain/plain.env", "--no-config", "--format", "json"], limit, 0),
            "check bad/.env.production": ([preflight, "check", "bad/.env.production", "--format", "json"], limit, 1),
            # cryptography's import alone costs three bare interpreters, and is made only where there is a certificate.
            "check .env.production": (
                [preflight, "check", ".env.production", "--format", "json"],
                with_certificates,
                0,
            ),
            "exec -- true": ([preflight, "exec", "--", "true"], with_certificates, 0),
        }
        environment |= dict(line.replace("'", "").split("=", 1) for line in lines if "=" in line)
        passed = True
        for name, (command, most, code) in cases.items():
            seconds(bare, folder, environment), seconds(command, folder, environment, code)
            pairs = [
                (seconds(bare, folder, environment), seconds(command, folder, environment, code))
                for _ in range(options.rounds)
            ]
            ratio = statistics.median(mine / floor for floor, mine in pairs)
            passed = passed and ratio <= most
            floor, mine = (statistics.median(times) * 1000 for times in zip(*pairs, strict=True))
            print(
                f"{name:28} {ratio:5.2f} x bare, limit {most:g} (bare {floor:.1f} ms, preflight {mine:.1f} ms, medians of {options.rounds})"
            )
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main())
