#!/usr/bin/env python3
"""Writes the fuzz targets' corpus, fuzz/corpus/<target>/, from the vectors: a few small inputs of each shape.

usage: scripts/fuzz-corpus.py
"""

import gzip
import hashlib
import json
import pathlib
import shutil

ROOT = pathlib.Path(__file__).resolve().parent.parent
CORPUS = ROOT / "fuzz" / "corpus"
MOST = 2_600  # bytes of one input


def cases(kind):
    for path in sorted((ROOT / "vectors" / kind).iterdir()):
        if path.name.endswith(".json.gz"):
            yield from json.loads(gzip.decompress(path.read_bytes()))["cases"]
        elif path.suffix == ".json":
            yield from json.loads(path.read_text())["cases"]


def raw(text):
    return bytes.fromhex(text.removeprefix("0x"))


def small(inputs, count):
    """The smallest of each shape, so many in all. An input comes as (shape, bytes)."""
    by_shape = {}
    for shape, data in inputs:
        if len(data) <= MOST:
            by_shape.setdefault(shape, set()).add(data)
    first = [min(found, key=lambda data: (len(data), data)) for found in by_shape.values()]
    return sorted(first, key=lambda data: (len(data), data))[:count]


def exits():
    for case in cases("exit"):
        for step, expect in zip(case["input"]["steps"], case["expect"]["steps"]):
            header = case["input"]["checkpoints"][0]
            start = int(header["start"])
            if start >= 1 << 64:
                continue
            shape = (expect.get("predicateCall", {}).get("predicate"), expect.get("revert"))
            yield shape, raw(header["root"]) + start.to_bytes(8, "big") + raw(step["payload"])


def payloads():
    for case in cases("exit-payload-decode"):
        expect = case["expect"]
        yield (len(expect["blockProof"]), expect["proofNodes"]), raw(case["input"]["payload"])


def receipts():
    for case in cases("exit-payload-decode"):
        receipt = raw(case["expect"]["receipt"])
        yield (receipt[0], len(receipt) // 300), receipt
    for shape, data in exits_receipts():
        yield shape, data


def exits_receipts():
    """Receipts of the logs that predicates are called with."""
    for case in cases("exit"):
        for expect in case["expect"]["steps"]:
            call = expect.get("predicateCall")
            if call and expect["ok"]:
                logs = rlp_list([raw(call["log"])])
                fields = [b"\x01", b"\x01", b"\xb9\x01\x00" + bytes(256), logs]
                yield call["predicate"], rlp_list(fields)


def bundles():
    """The seven items before the digest, which the target adds."""
    for case in cases("exit"):
        for step, expect in zip(case["input"]["steps"], case["expect"]["steps"]):
            header = case["input"]["checkpoints"][0]
            if expect["ok"] and int(header["end"]) < 1 << 64:
                checkpoint = [rlp_int(header["id"]), rlp_int(header["start"]), rlp_int(header["end"])]
                checkpoint += [rlp_bytes(raw(header["root"])), rlp_bytes(bytes(20)), rlp_int(1_700_000_000)]
                exit_ = rlp_list([rlp_bytes(bytes(32)), rlp_bytes(raw(step["payload"]))])
                provenance = [rlp_bytes(b"corpus"), rlp_int(1), rlp_bytes(b""), rlp_bytes(b"")]
                provenance += [rlp_bytes(bytes(20)), rlp_int(2)]
                head = [rlp_bytes(b"bttc-exit-bundle"), rlp_int(1), rlp_int(199), rlp_int(3)]
                parts = [rlp_list(checkpoint), rlp_list([exit_]), rlp_list(provenance)]
                yield expect["predicateCall"]["predicate"], rlp_list(head + parts)


def rlp_int(value):
    value = int(value)
    return rlp_bytes(value.to_bytes((value.bit_length() + 7) // 8, "big"))


def rlp_bytes(data):
    if len(data) == 1 and data[0] < 0x80:
        return data
    if len(data) < 56:
        return bytes([0x80 + len(data)]) + data
    size = len(data).to_bytes((len(data).bit_length() + 7) // 8, "big")
    return bytes([0xB7 + len(size)]) + size + data


def rlp_list(items):
    body = b"".join(items)
    if len(body) < 56:
        return bytes([0xC0 + len(body)]) + body
    size = len(body).to_bytes((len(body).bit_length() + 7) // 8, "big")
    return bytes([0xF7 + len(size)]) + size + body


def rlp():
    for case in cases("rlp"):
        encoded = case["expect"].get("encoded") or case["input"].get("encoded")
        if encoded:
            data = raw(encoded)
            yield (data[:1], len(data) // 32), data


def root_events():
    for case in cases("contract-log"):
        topics = [raw(topic) for topic in case["input"]["topics"]]
        data = bytes([len(topics)]) + b"".join(topics) + raw(case["input"]["data"])
        yield case["expect"].get("event"), data


def signatures():
    for case in cases("signature"):
        given = {**case["expect"], **case["input"]}
        if "hash" in given and "signature" in given:
            data = raw(given["hash"]) + raw(given["signature"])
            yield (data[-1], len(data), "error" in case["expect"]), data


def tron_addresses():
    for case in cases("tron-address"):
        for value in [*case["input"].values(), *case["expect"].values()]:
            if isinstance(value, str):
                data = value.encode()
                yield (data[:2], len(data)), data
                if value.startswith("0x"):
                    yield ("hex", len(value)), raw(value) if len(value) % 2 == 0 else b""


def amino():
    for case in cases("amino"):
        encoded = case["expect"].get("amino")
        if "record" in case["input"] and encoded:
            yield (case["input"]["record"], len(encoded) // 200), raw(encoded)


def transactions():
    """Received transactions of every kind, and the messages' JSON."""
    for case in cases("amino"):
        given = case["input"]
        if given["mode"] == "decode":
            yield ("decode", case["expect"].get("error", False), len(given["bytes"]) // 400), raw(given["bytes"])
        elif given["mode"] == "msg":
            yield given["msg"]["type"], raw(case["expect"]["tx"])
            yield (given["msg"]["type"], "json"), json.dumps(given["msg"], separators=(",", ":")).encode()


def trees():
    """Frontiers as the tree writes them: how many leaves, and a node for each bit that is set."""
    for leaves in (0, 1, 2, 3, 8, 300):
        nodes = ["0x" + hashlib.sha256(bytes([bit])).hexdigest() for bit in range(leaves.bit_length()) if leaves >> bit & 1]
        yield leaves, json.dumps({"leaves": leaves, "frontier": nodes}, separators=(",", ":")).encode()


def geneses():
    """The state of each module, and an export's entry beside them."""
    file = json.loads((ROOT / "bttc-validator" / "tests" / "fixtures" / "genesis.json").read_text())
    rest = [{"store": "bor", "key": "38", "value": "07"}, {"store": "acc", "key": "01", "value": None}]
    for module, state in {**file["app_state"], "unexported": rest}.items():
        yield module, json.dumps({module: state}, separators=(",", ":")).encode()


TARGETS = {
    "amino": (amino, 12),
    "bundle_decode": (bundles, 4),
    "checkpoint_tree": (trees, 6),
    "contract_exit": (exits, 16),
    "genesis_decode": (geneses, 20),
    "payload_decode": (payloads, 8),
    "receipt_decode": (receipts, 12),
    "rlp": (rlp, 16),
    "root_event": (root_events, 60),
    "signature": (signatures, 8),
    "tron_address": (tron_addresses, 12),
    "tx_decode": (transactions, 60),
}

for target, (inputs, count) in TARGETS.items():
    folder = CORPUS / target
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for data in small(inputs(), count):
        (folder / hashlib.sha256(data).hexdigest()[:16]).write_bytes(data)
    print(f"{target}: {len(list(folder.iterdir()))} inputs")
