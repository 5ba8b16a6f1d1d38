"""Writes the golden files `python.*`, which the product's tests must accept.

Its randomness is fresh, so each run writes other bytes: run it only when the format changes.
"""

import hashlib

import cbor2
import wire
from check import AUTHOR, GOLDEN, HOLDERS, ORIGIN, PEER, RELAY, golden
from cryptography.cobblestone import Cobblestone256Encryptor
from pycose.messages import Sign1Message


def write(name, data):
    (GOLDEN / name).write_bytes(data)


def attachment():
    plain = bytes(n % 251 for n in range(20_000))
    key = Cobblestone256Encryptor.generate_key()
    encryptor = Cobblestone256Encryptor(key, wire.lp(wire.label("attachment")))
    sealed = encryptor.update(plain) + encryptor.finalize()
    manifest = {
        0: hashlib.sha256(sealed).digest(),
        1: "seals.jpg",
        2: "image/jpeg",
        3: len(plain),
        4: len(sealed),
        5: hashlib.sha256(plain).digest(),
        6: key,
        7: sealed[:56],
    }
    write("python.sealed", sealed)
    write("python.manifest", wire.encode(manifest))
    return manifest


def main():
    manifest = attachment()
    header_bytes, *_ = cbor2.loads(golden("note.dispatch"))
    header = {**cbor2.loads(header_bytes), 8: b"\x77" * 32, 10: [[manifest[0], manifest[4]]]}
    statement = cbor2.loads(Sign1Message.decode(golden("note.statement")).payload)
    body = wire.encode({0: "Шифрованный груз: 32 кг.", 1: "ru"})
    statement = {**statement, 8: "UZ-OYBEK-2026-000418", 17: [manifest], 19: body}
    data, cose, key = wire.write_dispatch(header, statement, AUTHOR, ORIGIN, HOLDERS)
    write("python.dispatch", data)
    write("python.statement", cose)

    dispatch, *_ = wire.read_dispatch(data, ORIGIN, HOLDERS)
    receipts = []
    for name, signer in (("stored", PEER), ("custody", RELAY)):
        receipt = cbor2.loads(Sign1Message.decode(golden(f"{name}.receipt")).payload)
        payload = wire.encode({**receipt, 0: dispatch})
        receipts.append(wire.sign1("receipt", payload, signer))
    write("python.receipt", receipts[0])
    content = wire.read_evidence(golden("evidence"), ORIGIN)
    content = {**content, 2: data, 3: key, 4: cose, 5: receipts}
    write("python.evidence", wire.write_evidence(content, ORIGIN))


if __name__ == "__main__":
    main()
