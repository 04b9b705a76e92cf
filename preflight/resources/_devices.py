"""Devices of the host by what they reach: its memory and its disks, by their names and by the numbers in rules for them.

Linux, "Linux allocated devices (4.x+ version)"; cgroups(7), "Device controller"; Docker documentation, `--device-cgroup-rule`.
"""

from __future__ import annotations

import posixpath

_DEV = "/dev"
_MEMORY = frozenset({"mem", "kmem", "port", "kmsg", "oldmem", "vmem", "root", "core"})
_FOLDERS = frozenset({"block", "disk", "mapper", "mtd", "raw", "bsg", "md", "zvol", "cciss", "ida", "rd"})
# A disk's name goes on with a letter, or with a number.
_LETTERED = ("sd", "hd", "vd", "xvd", "dasd")
_NUMBERED = (
    "nvme", "ng", "mmcblk", "md", "dm-", "loop", "nbd", "rbd", "drbd", "bcache", "zd", "zram", "pmem", "mtd", "mtdblock", "sg",
    "ublkb",
)  # fmt: skip
# LVM makes /dev/GROUP/VOLUME (lvm(8)), of any names: these are what installers and administrators call them.
_GROUPS = frozenset({"vg", "pve", "centos", "fedora", "rhel", "cl", "rl", "almalinux", "ol", "system"})
_NO_GROUPS = frozenset({"bus", "char", "dri", "dvb", "input", "net", "serial", "shm", "snd", "usb", "v4l", "vfio"})
_VOLUMES = frozenset({"root", "rootfs", "swap", "home", "usr", "var", "tmp", "lv"})
_MEMORY_MAJOR = "1"
_MEMORY_MINORS = frozenset({"*", "1", "2", "4", "11"})  # mem, kmem, port, kmsg
_HARMLESS_BLOCKS = frozenset({"2", "11"})  # floppy and optical disks
_PARTS = 3


def reaches_memory_or_disks(path: str) -> bool:
    """Whether a device is the host's memory or one of its disks, or a folder with such devices.

    Args:
        path: Its path on the host; Docker gives all devices below a folder.
    """
    bare = posixpath.normpath("/" + path.lstrip("/"))
    if bare in {"/", _DEV}:
        return True
    if not bare.startswith(_DEV + "/"):
        return False
    name = bare.removeprefix(_DEV + "/")
    first = name.partition("/")[0]
    if first in _MEMORY or first in _FOLDERS or _is_msr(name) or _is_logical_volume(name):
        return True
    return any(name.startswith(disk) and name[len(disk) :][:1].isalpha() for disk in _LETTERED) or any(
        name.startswith(disk) and name[len(disk) :][:1].isdecimal() for disk in _NUMBERED
    )


def _is_msr(name: str) -> bool:
    """Whether it is, or a folder holds, the registers of the processors, through which the kernel can be changed (msr(4))."""
    return name.partition("/")[0] == "cpu" and (name.count("/") < _PARTS - 1 or name.endswith("/msr"))


def _is_logical_volume(name: str) -> bool:
    group, slash, volume = name.lower().partition("/")
    if group in _NO_GROUPS or not slash or "/" in volume:
        return False
    named = group in _GROUPS or group.startswith(("vg", "lvm")) or group.endswith("vg")
    return named or volume in _VOLUMES or volume.startswith(("lv-", "lv_")) or volume.endswith(("-lv", "_lv"))


def rule_reaches_memory_or_disks(rule: str) -> bool:
    """Whether a rule of `device_cgroup_rules` lets a container read or write the host's memory or disks.

    Args:
        rule: Type, numbers and accesses, such as `c 1:3 rwm`.
    """
    parts = rule.split()
    if len(parts) != _PARTS:
        return False  # Docker refuses it
    kind, numbers, accesses = parts
    major, _, minor = numbers.partition(":")
    if not set(accesses) & set("rw"):
        return False
    if kind == "a":
        return True
    if kind == "b":
        return major not in _HARMLESS_BLOCKS
    return kind == "c" and (major == "*" or (major == _MEMORY_MAJOR and minor in _MEMORY_MINORS))
