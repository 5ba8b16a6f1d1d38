"""Reads the golden files, and what `write.py` wrote, with an implementation that shares nothing with the product.

Every difference ends the run with what differs. `cargo xtask check` runs this in a virtual environment.
"""

import hashlib
import pathlib
import sys

import wire
from cryptography.hazmat.primitives import hpke

GOLDEN = pathlib.Path(__file__).parent.parent / "golden"
ACTS = GOLDEN.parents[2] / "register/tests/golden"

AUTHOR, ORIGIN, PEER, RELAY = map(wire.signing_key, (1, 2, 3, 4))
DESK, ANALYSTS = map(wire.SealingKey.of, (5, 6))
HOLDERS = {
    wire.key_id(DESK.public): (DESK, "TJ/CUSTOMS/FOTEHOBOD"),
    wire.key_id(ANALYSTS.public): (ANALYSTS, "TJ/CUSTOMS/ANALYSIS"),
}


def golden(name):
    return (GOLDEN / name).read_bytes()


def check_hpke():
    """What is composed in `wire.py` against pyca's own HPKE, both ways."""
    suite = hpke.Suite(hpke.KEM.MLKEM768_X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.CHACHA20_POLY1305)
    private = hpke.MLKEM768X25519PrivateKey(DESK.ml_kem, DESK.x25519)
    sealed = suite.encrypt(b"text", private.public_key(), info=b"info")
    opened = wire.hpke_open(DESK, sealed[:1120], b"info", b"", sealed[1120:])
    wire.check(opened == b"text", "HPKE: pyca's opened by ours")
    enc, sealed = wire.hpke_seal(DESK.public, b"info", b"", b"text")
    opened = suite.decrypt(enc + sealed, private, info=b"info")
    wire.check(opened == b"text", "HPKE: ours opened by pyca's")


def check_dispatch(name):
    _, _, cose, _ = wire.read_dispatch(golden(f"{name}.dispatch"), ORIGIN, HOLDERS)
    wire.check(cose == golden(f"{name}.statement"), f"{name}: another statement")
    payload = wire.verify1("statement", cose, wire.public_of(AUTHOR), name)
    statement = wire.decode(payload, name)
    wire.check(statement[5][2] == wire.key_id(wire.public_of(AUTHOR)), f"{name}: author's key")
    wire.decode(statement[19], f"{name}: body")
    wire.check(wire.sign1("statement", payload, AUTHOR) == cose, f"{name}: signed again")


def check_receipt(name, key, dispatch):
    data = golden(name)
    payload = wire.verify1("receipt", data, wire.public_of(key), name)
    receipt = wire.decode(payload, name)
    wire.check(receipt[0] == dispatch, f"{name}: about another dispatch")
    wire.check(wire.sign1("receipt", payload, key) == data, f"{name}: signed again")
    return receipt


def check_attachment(name):
    manifest = wire.decode(golden(f"{name}.manifest"), name)
    sealed = golden(f"{name}.sealed")
    wire.check(hashlib.sha256(sealed).digest() == manifest[0], f"{name}: its name")
    wire.check((len(sealed), sealed[:56]) == (manifest[4], manifest[7]), f"{name}: manifest")
    plain = wire.cobblestone_open(manifest[6], wire.lp(wire.label("attachment")), sealed)
    wire.check(plain == bytes(n % 251 for n in range(20_000)), f"{name}: plain bytes")
    wire.check(hashlib.sha256(plain).digest() == manifest[5], f"{name}: digest")


def check_evidence(name):
    data = golden(name)
    content = wire.read_evidence(data, ORIGIN)
    dispatch, _, cose, key = wire.read_dispatch(content[2], ORIGIN, HOLDERS)
    wire.check((content[3], content[4]) == (key, cose), f"{name}: key and statement")
    wire.verify1("statement", content[4], wire.public_of(AUTHOR), name)
    for receipt, signer in zip(content[5], (PEER, RELAY)):
        payload = wire.verify1("receipt", receipt, wire.public_of(signer), name)
        wire.check(wire.decode(payload, name)[0] == dispatch, f"{name}: receipt")
    wire.check(wire.write_evidence(content, ORIGIN) == data, f"{name}: written again")


def check_acts():
    """Each signature over network, label and payload; the network's name is the hash of its founding act."""
    founding, _ = wire.decode((ACTS / "founding.act").read_bytes(), "founding")
    network = hashlib.sha256(founding).digest()[:16]
    signers = {wire.key_id(wire.public_of(key)): key for key in map(wire.signing_key, (21, 22, 23))}
    for path in sorted(ACTS.iterdir()):
        payload, signatures = wire.decode(path.read_bytes(), path.name)
        wire.decode(payload, path.name)
        wire.check(signatures == sorted(signatures), f"{path.name}: order of signatures")
        message = wire.lp(wire.label("act"), network, payload)
        for name, signature in signatures:
            signers[name].public_key().verify(signature, message)


def main():
    check_hpke()
    for name in ("note", "flash", "python"):
        check_dispatch(name)
    dispatch, *_ = wire.read_dispatch(golden("note.dispatch"), ORIGIN, HOLDERS)
    for name, key in (("stored", PEER), ("custody", RELAY), ("refused", PEER)):
        check_receipt(f"{name}.receipt", key, dispatch)
    dispatch, *_ = wire.read_dispatch(golden("python.dispatch"), ORIGIN, HOLDERS)
    check_receipt("python.receipt", PEER, dispatch)
    for name in ("attachment", "python"):
        check_attachment(name)
    for name in ("evidence", "python.evidence"):
        check_evidence(name)
    check_acts()
    files = [*GOLDEN.iterdir(), *ACTS.iterdir()]
    print(f"{len(files)} golden files: both implementations agree")


if __name__ == "__main__":
    try:
        main()
    except wire.Wrong as wrong:
        sys.exit(f"the implementations differ: {wrong}")
