"""Hypothesis strategies for Compose projects: files, an environment and arguments, right and wrong in many ways."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import strategies as st

NAMES = st.sampled_from(["web", "db", "cache", "base"])
VARIABLES = ["A", "B", "C", "EMPTY"]


class Raw(str):
    """Text that is written into the YAML as it is, without quotes."""

    __slots__ = ()


def mostly(good: list[Any], bad: list[Any]) -> st.SearchStrategy[Any]:
    """Return mostly good examples: a project of many fields is refused for one bad one."""
    return st.integers(0, 24).flatmap(lambda at: st.sampled_from(bad if at == 0 else good))


def scalar(value: Any) -> str:
    if isinstance(value, Raw):
        return str(value)
    return json.dumps(value) if not isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def emit(value: Any, indent: int = 0, tag: str = "") -> str:
    """Write a value as YAML; a tuple `(tag, value)` writes a tag before it."""
    if isinstance(value, tuple):
        return emit(value[1], indent, f" {value[0]}")
    pad = "  " * indent
    if isinstance(value, dict):
        if not value:
            return f"{tag} {{}}\n"
        return f"{tag}\n" + "".join(f"{pad}{name}:{emit(one, indent + 1)}" for name, one in value.items())
    if isinstance(value, list):
        if not value:
            return f"{tag} []\n"
        lines = []
        for one in value:
            if isinstance(one, dict) and one:
                first, *rest = one.items()
                lines.append(f"{pad}- {first[0]}:{emit(first[1], indent + 2)}")
                lines += [f"{pad}  {name}:{emit(item, indent + 2)}" for name, item in rest]
            else:
                lines.append(f"{pad}- {scalar(one)}\n")
        return f"{tag}\n" + "".join(lines)
    return f"{tag} {scalar(value)}\n"


plain_scalars = st.sampled_from(
    "yes no on off true True null ~ 0755 0o17 0x1F 08 1_000 1e3 1.50 .5 -0 22:22 2020-01-01 2020-1-1T1:2:3Z 2024-02-30 0123456789"
    " 18446744073709551616 1e21 123456789.0 +5 a#b = 12e03 0b11 -.5 1. 1__0 .inf 100000.0 999999.0 1234567.5".split()
).map(Raw)
interpolated = mostly(
    "$A ${A} x${B}y ${C:-d} ${C-d} ${EMPTY:-d} ${EMPTY-d} ${A:+alt} ${C+alt} $$A pa$word ${C:-${A}} ${C:-${EMPTY-x}} a$ $1"
    " ${C:-a:b} $$$A ${C:+${A:?x}}".split(),
    "${A:?need} ${C:?need} ${EMPTY:?need} ${EMPTY?need} ${1} ${A".split(),
)
texts = st.one_of(
    st.sampled_from(
        ["", "v", "a b", "a=b", "x # y", "é", "true", "0755", "a,b", "it's", 'q"q', "tab\tx", "line\nbreak", "#c"]
    ),
    interpolated,
    st.text("ab $=:'\"#\\", max_size=6),
)
values = st.one_of(texts, plain_scalars)
keys = st.sampled_from(["A", "B", "C", "D", "EMPTY", "a.b", "X_Y"])
environments = st.one_of(
    st.dictionaries(keys, values, max_size=4),
    st.lists(st.one_of(st.builds(lambda key, text: f"{key}={text}", keys, texts), keys), max_size=4),
)
label_sets = st.one_of(
    st.dictionaries(keys, values, max_size=3),
    st.lists(st.builds(lambda key, text: f"{key}={text}", keys, texts), max_size=3, unique=True),
)
addresses = mostly(
    ["", "", "127.0.0.1:", "0.0.0.0:", "[::1]:", "::1:", "10.0.0.1:", "[::]:"],
    ["localhost:", "127.1:", "${C}:", "${A}:", "01.2.3.4:"],
)
host_ports = mostly(
    ["80:", "8080:", "8000-8002:", "0:", ":", "${C:-81}:", "0080:"], ["", "${A}:", "70000:", "9-8:", "x:"]
)
container_ports = mostly(["80", "443", "53", "65535", "1-1", "0"], ["3000-3002", "", "80 ", "65536"])
protocols = mostly(["", "", "", "/tcp", "/udp", "/UDP", "/sctp"], ["/foo", "/"])
short_ports = st.builds(lambda *parts: "".join(parts), addresses, host_ports, container_ports, protocols)
good_ports = st.builds(
    lambda *parts: "".join(parts),
    st.sampled_from(["", "127.0.0.1:", "0.0.0.0:", "[::1]:"]),
    st.sampled_from(["80:", "81:", "${C:-82}:"]),
    st.sampled_from(["80", "81"]),
    st.sampled_from(["", "/udp"]),
)
long_ports = st.fixed_dictionaries(
    {"target": mostly([80, 443, "80", Raw("0x50")], ["x"])},
    optional={
        "published": st.sampled_from([80, "8080", "8080-8081", "", "${A}"]),
        "host_ip": mostly(["127.0.0.1", "0.0.0.0", "::1"], ["", "${C}", "local"]),  # noqa: S104 - text of a port
        "protocol": st.sampled_from(["tcp", "udp"]),
        "mode": st.sampled_from(["host", "ingress"]),
    },
)
port_lists = st.lists(
    st.one_of(
        good_ports,
        good_ports,
        good_ports,
        short_ports,
        long_ports,
        mostly([80, 8080, Raw("22:22")], [Raw("0080"), True]),
    ),
    max_size=3,
)
short_volumes = st.builds(
    lambda source, target, options: f"{source}{target}{options}",
    mostly(["./d:", "/h:", "data:", "~/x:", "../u:", "d:", "", ".:", "C:\\x:"], ["${C}:", "undefined:"]),
    mostly(["/x", "/x/", "/y", "/x/../z", "."], [""]),
    mostly(["", "", ":ro", ":rw", ":z", ":ro,z", ":bogus", ":nocopy", ":rshared"], [":ro:z", ":"]),
)
long_volumes = st.fixed_dictionaries(
    {"type": mostly(["volume", "tmpfs"], ["bind", "bogus"]), "target": st.sampled_from(["/x", "/z", "rel"])},
    optional={
        "source": st.sampled_from(["./s", "data", "/abs", "~"]),
        "read_only": st.sampled_from([True, False, "yes", "${A}", Raw("on")]),
        "bind": st.just({"create_host_path": False}),
        "volume": st.just({"nocopy": True}),
    },
)
volume_lists = st.lists(st.one_of(short_volumes, short_volumes, long_volumes), max_size=3)
grants = st.lists(
    st.one_of(
        st.sampled_from(["s1", "s2"]),
        mostly(["s1"], ["nowhere"]),
        st.fixed_dictionaries(
            {"source": st.sampled_from(["s1", "s2"])},
            optional={
                "target": st.sampled_from(["t", "/abs/t"]),
                "mode": mostly(["0440", 440, Raw("0440"), Raw("0o400")], ["x"]),
                "uid": st.just("1000"),
            },
        ),
    ),
    max_size=2,
)
command_texts = st.one_of(
    texts,
    mostly(
        ["a b", "a && b", "sh -c 'x y'", "a;b", "x > y", "2>x", "a $$(b c)", "a\\ b", '"" x', "`x y`", "a\\tb"],
        ["a 'b", "a (b)", "a ) b"],
    ),
    st.text("ab \\;&>2 ", max_size=8),
    st.text("ab '\"\\;&()`$", max_size=5),
)
commands = st.one_of(command_texts, st.lists(texts, max_size=3), st.none())
depends = st.one_of(
    st.lists(mostly(["db"], ["web", "cache", "base"]), max_size=2, unique=True),
    st.dictionaries(
        mostly(["db"], ["web", "cache", "base"]),
        st.fixed_dictionaries(
            {"condition": mostly(["service_started", "service_healthy", "service_completed_successfully"], ["bogus"])},
            optional={"required": mostly([False, "no"], [True]), "restart": st.booleans()},
        ),
        max_size=2,
    ),
)
env_files = st.one_of(
    mostly(["a.env", "b.env", "${C:-a.env}"], ["missing.env"]),
    st.lists(
        st.one_of(
            st.sampled_from(["a.env", "b.env", "sub/c.env"]),
            st.fixed_dictionaries(
                {"path": mostly(["a.env"], ["missing.env"])},
                optional={"required": st.booleans(), "format": mostly(["raw", ".env", ""], ["toml"])},
            ),
        ),
        max_size=2,
    ),
)
flags = mostly([True, False, "true", "yes", "off", Raw("yes"), Raw("On"), "${C:-no}"], ["1", 1, "${A}", "${C}"])
name_lists = st.lists(st.sampled_from(["NET_ADMIN", "SYS_TIME", "ALL", "${A}"]), max_size=2)
healthchecks = st.fixed_dictionaries(
    {
        "test": mostly(["curl x || exit 1", "", "NONE", ["CMD", "x"], ["NONE"], []], [["x"]]),
    },
    optional={
        "interval": mostly(["30s", "1m30s", "1d", "1.5s"], ["5", "x", 30]),
        "retries": mostly([3, "3"], ["x"]),
        "disable": flags,
    },
)
deploys = st.fixed_dictionaries(
    {},
    optional={
        "replicas": mostly([1, 2, "2"], ["x"]),
        "labels": label_sets,
        "resources": st.fixed_dictionaries(
            {},
            optional={
                "limits": st.fixed_dictionaries(
                    {},
                    optional={
                        "cpus": st.sampled_from(["0.5", 1, "1.50"]),
                        "memory": mostly(["50M", "1g", "1.5gb", "512"], ["x"]),
                    },
                )
            },
        ),
    },
)
builds = st.one_of(
    st.sampled_from([".", "./d", "https://example.com/x.git"]),
    st.fixed_dictionaries(
        {},
        optional={
            "context": st.sampled_from(["./d", "/abs"]),
            "dockerfile": st.just("D"),
            "args": environments,
            "target": st.just("t"),
            "labels": label_sets,
        },
    ),
)
SERVICE = {
    "image": st.sampled_from(["x", "x:1", "${A}", "x:${C:-latest}", "x@sha256:" + "0" * 64]),
    "environment": environments,
    "env_file": env_files,
    "ports": port_lists,
    "volumes": volume_lists,
    "secrets": grants,
    "configs": grants,
    "command": commands,
    "entrypoint": commands,
    "depends_on": depends,
    "labels": label_sets,
    "privileged": flags,
    "read_only": flags,
    "init": flags,
    "user": mostly(["1000", "0:0", Raw("0:0")], [1000]),
    "cap_add": name_lists,
    "cap_drop": name_lists,
    "security_opt": st.lists(st.sampled_from(["no-new-privileges:true", "seccomp=unconfined"]), max_size=2),
    "network_mode": mostly(["host", "none", "bridge"], ["service:db"]),
    "networks": st.one_of(
        st.lists(st.sampled_from(["front", "back", "default"]), max_size=2, unique=True),
        st.dictionaries(mostly(["front"], ["missing"]), st.sampled_from([None, {"aliases": ["al"]}]), max_size=1),
    ),
    "restart": st.sampled_from(["always", "no", Raw("no"), "unless-stopped", None]),
    "profiles": st.lists(st.sampled_from(["p", "q"]), max_size=1),
    "expose": st.lists(st.sampled_from([80, "81", "82-83"]), max_size=2),
    "devices": st.lists(st.sampled_from(["/dev/a", "/dev/a:/dev/b", "/dev/a:/dev/b:r"]), max_size=2),
    "pid": mostly(["host"], ["service:db"]),
    "healthcheck": healthchecks,
    "deploy": deploys,
    "build": builds,
    "mem_limit": mostly(["1g", 1024], ["x"]),
    "dns": st.sampled_from(["1.1.1.1", ["1.1.1.1", "8.8.8.8"], "${C}"]),
    "tmpfs": st.sampled_from(["/run", ["/run", "/tmp"]]),  # noqa: S108 - text of a mount
    "extra_hosts": mostly(
        [["a:1.2.3.4"], {"a": "1.2.3.4"}, ["a=::1", "a:[::2]"], {"a": ["1.1.1.1", "2.2.2.2"]}], [["bad"], ["=x"]]
    ),
    "logging": st.sampled_from(
        [{"driver": "json-file", "options": {"max-size": "1m"}}, {"driver": "none"}, {"options": {"x": 1}}]
    ),
    "ulimits": st.sampled_from([{"nofile": 10}, {"nofile": {"soft": 1, "hard": 2}}]),
    "sysctls": st.sampled_from([{"a.b": 1}, ["a.b=2"]]),
    "stop_grace_period": mostly(["1m"], ["x"]),
    "hostname": mostly(["h"], [12]),
    "container_name": st.sampled_from(["name", "x"]),
    "x-own": values,
    "bogus": st.just(1),
}
RARE = ("bogus", "container_name", "x-own")


@st.composite
def services(draw: st.DrawFn, *, fragment: bool = False) -> dict[str, Any]:
    """Return a service of a few fields; in a fragment it needs no image, and a field may carry a tag."""
    count = draw(st.integers(0, 4))
    fields = [name for name in SERVICE if name not in RARE]
    if draw(st.integers(0, 29)) == 0:
        fields += RARE
    chosen = draw(st.lists(st.sampled_from(fields), min_size=count, max_size=count, unique=True))
    service = {name: draw(SERVICE[name]) for name in chosen}
    if not fragment and draw(st.integers(0, 19)):
        service.setdefault("image", "x")
    if fragment:
        for name in chosen:
            tag = draw(st.sampled_from([None, None, None, "!override", "!reset"]))
            if tag and service[name] is not None:
                service[name] = (tag, service[name])
    return service


SECRETS = {"s1": {"file": "./s1.txt"}, "s2": {"environment": "A"}}
CONFIGS = {"s1": {"file": "./s1.txt"}, "s2": {"content": "c ${A:-x}"}}


@st.composite
def files(draw: st.DrawFn, *, fragment: bool = False) -> str:
    """Return the text of a Compose file."""
    names = draw(st.lists(NAMES, min_size=1, max_size=3, unique=True))
    made = {name: draw(services(fragment=fragment)) for name in names}
    if not fragment:
        made.setdefault("db", {"image": "db"})
    if draw(st.integers(0, 3)) == 0:
        one = draw(st.sampled_from(names))
        made[one]["extends"] = draw(
            st.one_of(
                st.just("db"),
                st.fixed_dictionaries({"service": NAMES}),
                st.just({"file": "sub/far.yaml", "service": "base"}),
            )
        )
    document: dict[str, Any] = {"services": made}
    if not fragment:
        document |= {
            "networks": {"front": {}, "back": None},
            "volumes": {"data": None, "d": {}},
            "secrets": SECRETS,
            "configs": CONFIGS,
        }
        if draw(st.integers(0, 5)) == 0:
            document = {
                "include": draw(
                    st.sampled_from([["sub/inc.yaml"], [{"path": "sub/inc.yaml", "project_directory": "."}]])
                )
            } | document
        if draw(st.integers(0, 9)) == 0:
            document["name"] = draw(st.sampled_from(["Proj", "p-${A}", "x"]))
    return emit(document).lstrip("\n")


env_lines = st.one_of(
    st.builds("{}={}".format, keys, st.sampled_from(["v", "a b", "x#y", "$A", "${B:-b}"])),
    st.sampled_from(["A=1", "export B=2", "# c", "", "C", "A='x $Y'", 'A="x ${A}"', "B= # c", "C=v #c", "D: 4"]),
    mostly(["B=b"], ["A=${MUST:?no}", "A B=c", "A='x", "C=${1}"]),
    st.builds(lambda key, text: f"{key}={text}".replace("\n", "\\n"), keys, texts),
)
env_texts = st.lists(env_lines, max_size=4).map(lambda lines: "\n".join(lines) + "\n")
variables = st.dictionaries(
    st.sampled_from(VARIABLES), st.sampled_from(["1", "", "true", "x y", "127.0.0.1", "$B", "8080"]), max_size=3
)
ARGUMENTS = [
    [],
    [],
    ["-f", "compose.yaml"],
    ["-f", "compose.yaml", "-f", "over.yaml"],
    ["-f", "compose.yaml", "--env-file", "a.env"],
    ["--profile", "p"],
    ["--profile", "*"],
]


@st.composite
def projects(draw: st.DrawFn) -> tuple[dict[str, str], list[str], dict[str, str]]:
    """Return a project: its files, the arguments, the environment."""
    args = draw(st.sampled_from(ARGUMENTS))
    found = {
        "compose.yaml": draw(files()),
        "a.env": draw(env_texts),
        "b.env": "B=b\nA=${B}\n",
        "sub/c.env": "C=c\n",
        "sub/.env": "T=sub\n",
    }
    if "over.yaml" in args:
        found["over.yaml"] = draw(files(fragment=True))
    elif draw(st.integers(0, 4)) == 0:
        found["compose.override.yaml"] = draw(files(fragment=True))
    if draw(st.integers(0, 3)) == 0:
        found[".env"] = draw(env_texts)
    far = {"services": {"base": draw(services())}}
    if "sub/far.yaml" in "".join(found.values()):
        found["sub/far.yaml"] = emit(far).lstrip("\n")
    if "sub/inc.yaml" in "".join(found.values()):
        inner = {draw(st.sampled_from(["inner", "web"])): draw(services())}
        found["sub/inc.yaml"] = emit({"services": inner, "volumes": {"data": None}, "networks": {"front": {}}}).lstrip(
            "\n"
        )
    return found, args, draw(variables)
