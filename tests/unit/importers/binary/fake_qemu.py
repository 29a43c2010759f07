"""A program that speaks QMP like a small QEMU, well or badly: ``MODE`` in its first line says how.

It runs by itself (standard library only), with the options that the importer gives: the channel is an inherited socket.
"""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import sys
import time
from collections.abc import Iterator
from typing import Any

MODE = os.environ.get("FAKE_MODE", "friendly")

GREETING = {"QMP": {"version": {"qemu": {"major": 9, "minor": 1, "micro": 2}, "package": "fake"}, "capabilities": ["oob"]}}

TYPES = [
    {"name": "object", "abstract": True},
    {"name": "interface", "abstract": True},
    {"name": "hotplug-handler", "abstract": True, "parent": "interface"},
    {"name": "device", "abstract": True, "parent": "object"},
    {"name": "cpu", "abstract": True, "parent": "device"},
    {"name": "x86_64-cpu", "abstract": True, "parent": "cpu"},
    {"name": "old-x86_64-cpu", "parent": "x86_64-cpu"},
    {"name": "new-x86_64-cpu", "parent": "x86_64-cpu"},
    {"name": "disk", "parent": "device"},
    {"name": "fast-disk", "parent": "disk"},
    {"name": "bus", "parent": "object"},
]

PROPERTIES: dict[str, list[dict[str, Any]]] = {
    "device": [{"name": "realized", "type": "bool"}],
    "cpu": [{"name": "realized", "type": "bool"}],
    "x86_64-cpu": [{"name": "legacy-cache", "type": "bool", "default-value": True}],
    "old-x86_64-cpu": [
        {"name": "pmu", "type": "bool", "default-value": False},
        {"name": "family", "type": "int", "default-value": 6},
    ],
    "new-x86_64-cpu": [
        {"name": "pmu", "type": "bool", "default-value": False},
        {"name": "family", "type": "int", "default-value": 15},
    ],
    "disk": [
        {"name": "queues", "type": "uint16", "default-value": 1, "description": "how many"},
        {"name": "serial", "type": "str"},
        {"name": "sizes", "type": "list", "default-value": [1, 2]},
    ],
    "fast-disk": [
        {"name": "queues", "type": "uint16", "default-value": 8},
        {"name": "serial", "type": "str"},
        {"name": "sizes", "type": "list", "default-value": [1, 2]},
    ],
}

MACHINES: list[dict[str, Any]] = [
    {"name": "none", "cpu-max": 1, "deprecated": False, "hotpluggable-cpus": False, "numa-mem-supported": False},
    {"name": "pc-1.0", "alias": "pc", "is-default": True, "cpu-max": 255, "deprecated": False},
]

COMPAT = [
    {"qom-type": "disk", "property": "queues", "value": "2"},
    {"qom-type": "disk", "property": "queues", "value": "4"},
]

DUMP = {
    "vmschkmachine": {"Name": "none"},
    "disk": {
        "Name": "disk",
        "version_id": 3,
        "minimum_version_id": 1,
        "Description": {
            "name": "disk",
            "version_id": 3,
            "minimum_version_id": 1,
            "Fields": [
                {"field": "sector", "version_id": 0, "field_exists": False, "size": 8},
                {
                    "field": "requests",
                    "version_id": 2,
                    "field_exists": True,
                    "size": 16,
                    "num": 4,
                    "Description": {"name": "request", "version_id": 1, "minimum_version_id": 1},
                },
            ],
            "Subsections": [{"name": "disk/queue", "version_id": 1, "minimum_version_id": 1}],
        },
    },
}


def main(arguments: list[str]) -> None:
    """Do what the options ask for."""
    if MODE == "hangs":
        signal.pause()
    if MODE == "dies":
        sys.exit("cannot find libnothing.so")
    if "-dump-vmstate" in arguments:
        if MODE == "fifo":
            os.mkfifo(arguments[arguments.index("-dump-vmstate") + 1])
            return
        with open(arguments[arguments.index("-dump-vmstate") + 1], "w") as stream:
            stream.write("{" if MODE == "bad dump" else json.dumps(DUMP))
        if MODE == "dump hangs":
            signal.pause()
        return
    number = re.search(r"fd=(\d+)", " ".join(arguments))
    assert number is not None
    with socket.socket(fileno=int(number.group(1))) as peer:
        serve(peer)


def serve(peer: socket.socket) -> None:
    """Greet, and answer until the other side has gone."""

    def say(message: Any) -> None:
        peer.sendall(message if isinstance(message, bytes) else json.dumps(message).encode() + b"\n")

    if MODE == "no greeting":
        signal.pause()
    say({"bad greeting": b"HTTP/1.1 400 Bad Request\r\n", "odd greeting": {"hello": 1}}.get(MODE, GREETING))
    for message in commands(peer):
        reply = answer(message["execute"], message.get("arguments", {}))
        if MODE == "events" and message["execute"] != "qmp_capabilities":
            for _ in range(100):
                say({"event": "NOISE", "data": {}, "timestamp": {"seconds": 1, "microseconds": 0}})
        identity = {"id": message["id"]} if "id" in message else {}
        say(reply if isinstance(reply, bytes) else {**reply, **identity})


def commands(peer: socket.socket) -> Iterator[dict[str, Any]]:
    """Yield what is asked: objects without anything between them."""
    text = ""
    while said := peer.recv(1 << 16):
        text += said.decode()
        while text:
            try:
                message, end = json.JSONDecoder().raw_decode(text)
            except ValueError:
                break
            text = text[end:].lstrip()
            yield message


def answer(command: str, arguments: dict[str, Any]) -> Any:
    """Return the reply to a command, without its id; bytes are sent as they are."""
    name = arguments.get("typename")
    if command == "qmp_capabilities":
        return {"return": {}}
    if MODE == "silent":
        time.sleep(3600)
    if MODE == "exits":
        sys.exit("something else went wrong")
    if MODE == "junk":
        return b"{]\n"
    if MODE == "giant":
        return b'{"return": "' + b"x" * (11 << 20) + b'"}\n'
    if MODE == "deep":
        return b"[" * 100_000 + b"\n"
    if MODE == "dies on a type" and name == "fast-disk":
        sys.exit("missing object type 'motor'")
    if MODE == "dies on types" and name is not None:
        os.abort()
    if MODE == "refuses a type" and name == "fast-disk":
        return {"error": {"class": "GenericError", "desc": "not \x1b[31m here"}}
    return told(command, arguments)


def told(command: str, arguments: dict[str, Any]) -> Any:
    """Return what a QEMU answers, but for the one key that the mode spoils."""
    if command == "query-machines":
        listed = arguments.get("compat-props")
        if MODE == "old" and listed:
            return {"error": {"class": "GenericError", "desc": "Parameter 'compat-props' is unexpected"}}
        lists = {"none": [], "pc-1.0": COMPAT}
        return {"return": [{**each, **({"compat-props": lists[each["name"]]} if listed else {})} for each in MACHINES]}
    if command == "qom-list-types":
        hidden = {"object", "interface", "hotplug-handler", "bus"} if "implements" in arguments else set()
        found = [each for each in TYPES if each["name"] not in hidden]
        spoilt = {
            "cycle": [{"name": "object", "abstract": True, "parent": "device"}],
            "type twice": [{"name": "disk"}],
            "control letters": [{"name": "di\x1b[2Jsk"}],
            "many types": [{"name": f"t{i}"} for i in range(30_000)],
            "type of a number": [{"name": 7}],
        }
        if MODE == "cycle":
            found = found[1:]
        return {"return": found + (spoilt.get(MODE, []) if "implements" not in arguments else [])}
    replies: dict[str, Any] = {
        "query-version": {"package": ""} if MODE == "no version" else GREETING["QMP"]["version"],
        "query-target": {"arch": "x86_64"},
    }
    if command in replies:
        return {"return": replies[command]}
    found = PROPERTIES[arguments["typename"]]
    if MODE == "odd default" and arguments["typename"] == "disk":
        found = [{"name": "queues", "type": "uint16", "default-value": {"a": 1}}]
    if MODE == "property twice":
        found = [*found, found[0]]
    return {"return": found}


if __name__ == "__main__":
    main(sys.argv[1:])
