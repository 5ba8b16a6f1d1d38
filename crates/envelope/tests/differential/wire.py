"""The wire format as its documents say, on libraries that share nothing with the product.

COSE by pycose, CBOR by cbor2, Cobblestone-256 and the primitives by pyca/cryptography (OpenSSL). HPKE with associated
data and X-Wing are composed here from RFC 9180 and the X-Wing draft; `check.py` holds them against pyca's own.
"""

import hashlib
import hmac
from dataclasses import dataclass

import cbor2
import zstandard
from cryptography.cobblestone import Cobblestone256Decryptor, Cobblestone256Encryptor
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from pycose.algorithms import EdDSA
from pycose.headers import Algorithm
from pycose.keys import OKPKey
from pycose.keys.curves import Ed25519
from pycose.messages import Sign1Message


class Wrong(Exception):
    """The two implementations differ."""


def check(right, what):
    if not right:
        raise Wrong(what)


def label(name):
    return f"guzar/v1/{name}".encode()


def lp(*fields):
    return b"".join(len(field).to_bytes(4, "big") + field for field in fields)


def sha512_256(*fields):
    return hashlib.new("sha512_256", lp(*fields)).digest()


def key_id(public):
    return hashlib.sha256(public).digest()[:16]


# CBOR


def encode(value):
    return cbor2.dumps(value, canonical=True)


def decode(data, what):
    """The value, if the bytes are its one encoding."""
    value = cbor2.loads(data)
    check(encode(value) == data, f"{what}: not in its one encoding")
    return value


# Ed25519 and COSE


def signing_key(seed):
    return Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32)


def public_of(key):
    return key.public_key().public_bytes_raw()


def sign1(purpose, payload, key):
    message = Sign1Message(phdr={Algorithm: EdDSA}, payload=payload, external_aad=label(purpose))
    message.key = OKPKey(crv=Ed25519, x=public_of(key), d=key.private_bytes_raw())
    return message.encode()


def verify1(purpose, data, public, what):
    """The payload, if that key signed it for that purpose."""
    message = Sign1Message.decode(data)
    check(message.phdr == {Algorithm: EdDSA} and message.uhdr == {}, f"{what}: other headers")
    message.external_aad = label(purpose)
    message.key = OKPKey(crv=Ed25519, x=public)
    check(message.verify_signature(), f"{what}: signature")
    return message.payload


# X-Wing (draft-connolly-cfrg-xwing-kem) and HPKE (RFC 9180), base mode


@dataclass
class SealingKey:
    ml_kem: MLKEM768PrivateKey
    x25519: X25519PrivateKey

    @classmethod
    def of(cls, seed):
        expanded = hashlib.shake_256(bytes([seed]) * 32).digest(96)
        return cls(
            MLKEM768PrivateKey.from_seed_bytes(expanded[:64]),
            X25519PrivateKey.from_private_bytes(expanded[64:]),
        )

    @property
    def public(self):
        return self.ml_kem.public_key().public_bytes_raw() + public_of(self.x25519)

    def decapsulate(self, enc):
        ciphertext, share = enc[:1088], enc[1088:]
        secret = self.x25519.exchange(X25519PublicKey.from_public_bytes(share))
        return combine(self.ml_kem.decapsulate(ciphertext), secret, share, public_of(self.x25519))


def encapsulate(public):
    ml_kem, x25519 = public[:1184], public[1184:]
    ml_kem_secret, ciphertext = MLKEM768PublicKey.from_public_bytes(ml_kem).encapsulate()
    ephemeral = X25519PrivateKey.generate()
    share = public_of(ephemeral)
    secret = ephemeral.exchange(X25519PublicKey.from_public_bytes(x25519))
    return combine(ml_kem_secret, secret, share, x25519), ciphertext + share


def combine(ml_kem_secret, x25519_secret, share, public):
    parts = ml_kem_secret, x25519_secret, share, public, rb"\.//^" + b"\\"
    return hashlib.sha3_256(b"".join(parts)).digest()


def schedule(shared, info):
    suite = b"HPKE" + bytes.fromhex("647a00010003")

    def extract(salt, name, ikm):
        return hmac.digest(salt, b"HPKE-v1" + suite + name + ikm, "sha256")

    def expand(secret, name, context, length):
        text = length.to_bytes(2, "big") + b"HPKE-v1" + suite + name + context + b"\x01"
        return hmac.digest(secret, text, "sha256")[:length]

    context = b"\0" + extract(b"", b"psk_id_hash", b"") + extract(b"", b"info_hash", info)
    secret = extract(shared, b"secret", b"")
    return expand(secret, b"key", context, 32), expand(secret, b"base_nonce", context, 12)


def hpke_open(key, enc, info, aad, sealed):
    secret, nonce = schedule(key.decapsulate(enc), info)
    return ChaCha20Poly1305(secret).decrypt(nonce, sealed, aad)


def hpke_seal(public, info, aad, plain):
    shared, enc = encapsulate(public)
    secret, nonce = schedule(shared, info)
    return enc, ChaCha20Poly1305(secret).encrypt(nonce, plain, aad)


# Bodies


def cobblestone_open(key, context, sealed):
    decryptor = Cobblestone256Decryptor(key, context)
    return decryptor.update(sealed) + decryptor.finalize()


def padme(length):
    if length <= 1024:
        return 1024
    exponent = length.bit_length() - 1
    free = exponent - exponent.bit_length()
    return (length + (1 << free) - 1) >> free << free


def pad(packed):
    plain = len(packed).to_bytes(4, "big") + packed
    return plain.ljust(padme(len(plain)), b"\0")


def unpad(plain):
    length = int.from_bytes(plain[:4], "big")
    packed = plain[4 : 4 + length]
    check(pad(packed) == plain, "padding")
    return packed


# Dispatches


def context_of(header):
    return sha512_256(
        label("ctx"),
        bytes([header[0], header[1]]),
        header[2],
        header[8],
        bytes([header[5]]),
        header[6].to_bytes(8, "big", signed=True),
    )


def slot_info(header, office, key):
    return lp(label("slot"), header[2], bytes([header[1]]), header[8], office.encode(), key)


def payload_digest(payload):
    return hashlib.sha256(lp(label("payload"), payload)).digest()


def address(office):
    return "/".join(office[part] for part in sorted(office))


def read_dispatch(data, node, holders):
    """Id, header, statement's COSE and content key of a dispatch, with every check on the way.

    `holders` names each sealing key: `{key id: (SealingKey, office)}`.
    """
    header_bytes, signature, slots, body = decode(data, "dispatch")
    header = decode(header_bytes, "header")
    check((header[0], header[1]) == (1, 1), "version and suite")
    node.public_key().verify(signature, lp(label("header"), header_bytes))
    payload = data[len(b"\x84" + cbor2.dumps(header_bytes) + cbor2.dumps(signature)) :]
    check(header[7] == len(payload), "size")
    check(header[9] == payload_digest(payload), "digest")
    context = context_of(header)
    keys = []
    for name, enc, wrapped in slots:
        sealing, office = holders[name]
        check(key_id(sealing.public) == name, "name of a sealing key")
        keys.append(hpke_open(sealing, enc, slot_info(header, office, name), context, wrapped))
    check(len(set(keys)) == 1, "all slots hold one content key")
    plain = cobblestone_open(keys[0], lp(label("body"), context), body)
    cose = zstandard.decompress(unpad(plain), max_output_size=1 << 20)
    statement = cbor2.loads(Sign1Message.decode(cose).payload)
    check(statement[3] == header[8], "nonce")
    check(statement[4] == body[:56], "binding")
    check(statement[2] == header[2] and statement[15] == header[6], "network and expiry")
    listed = [(recipient[1], address(recipient[0])) for recipient in statement[9]]
    check(listed == [(name, holders[name][1]) for name, _, _ in slots], "recipients")
    check([[file[0], file[4]] for file in statement[17]] == header[10], "attachments")
    return sha512_256(label("dispatch"), header_bytes), header, cose, keys[0]


def write_dispatch(header, statement, author, node, holders):
    """The dispatch, what its author signed, and its content key."""
    key = Cobblestone256Encryptor.generate_key()
    context = context_of(header)
    encryptor = Cobblestone256Encryptor(key, lp(label("body"), context))
    binding = encryptor.update(b"")
    statement = {**statement, 3: header[8], 4: binding}
    cose = sign1("statement", encode(statement), author)
    packed = zstandard.ZstdCompressor(level=9).compress(cose)
    body = binding + encryptor.update(pad(packed)) + encryptor.finalize()
    slots = []
    for recipient in statement[9]:
        sealing, office = holders[recipient[1]]
        info = slot_info(header, office, recipient[1])
        enc, wrapped = hpke_seal(sealing.public, info, context, key)
        slots.append([recipient[1], enc, wrapped])
    payload = encode(slots) + encode(body)
    header = {**header, 7: len(payload), 9: payload_digest(payload)}
    header_bytes = encode(header)
    signature = node.sign(lp(label("header"), header_bytes))
    front = b"\x84" + encode(header_bytes) + encode(signature)
    return front + payload, cose, key


# Evidence

MAGIC = b"GUZAREVD\x01"
BLOCK = 256


def mirror(data):
    return bytes(byte ^ 0xFF for byte in reversed(data))


def digests(content):
    blocks = range(0, len(content), BLOCK)
    return b"".join(hashlib.sha256(content[at : at + BLOCK]).digest() for at in blocks)


def write_evidence(content, key):
    content = encode(content)
    payload = encode({0: public_of(key), 1: len(content), 2: digests(content)})
    seal = sign1("evidence", payload, key)
    lengths = len(seal).to_bytes(8, "big") + len(content).to_bytes(8, "big")
    half = MAGIC + lengths + seal + content
    return half + mirror(half)


def read_evidence(data, key):
    check(mirror(data) == data, "evidence: the halves differ")
    check(data[:9] == MAGIC, "evidence: magic")
    seal_length = int.from_bytes(data[9:17], "big")
    length = int.from_bytes(data[17:25], "big")
    seal = data[25 : 25 + seal_length]
    content = data[25 + seal_length : len(data) // 2]
    check(len(content) == length, "evidence: length")
    payload = decode(verify1("evidence", seal, public_of(key), "evidence"), "evidence's seal")
    check(payload == {0: public_of(key), 1: length, 2: digests(content)}, "evidence: seal")
    return decode(content, "evidence")
