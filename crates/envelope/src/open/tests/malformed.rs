//! What is wrong, what is said to it. The signatures are right wherever they can be.

use minicbor::bytes::ByteVec;
use model::dispatch::Statement;
use model::ids::{AttachmentId, KeyId, NetworkId};
use model::lane::Lane;

use crate::fixture::forge::{Forge, verdict};
use crate::fixture::{self, Cast};
use crate::header::Header;
use crate::open::SEALED_MAX;
use crate::{compress, labels};

struct Case {
    name: &'static str,
    code: &'static str,
    forge: Forge,
}

macro_rules! change {
    ($($hook:ident: $type:ty,)*) => {$(
        /// A case in which that step is changed.
        fn $hook(name: &'static str, code: &'static str, $hook: $type) -> Case {
            let forge = Forge {
                $hook,
                ..Forge::default()
            };
            Case { name, code, forge }
        }
    )*};
}

change! {
    statement: fn(&mut Statement),
    payload: fn(&mut Vec<u8>),
    label: &'static [u8],
    cose: fn(&mut Vec<u8>),
    packed: fn(&mut Vec<u8>),
    plain: fn(&mut Vec<u8>),
    body: fn(&mut Vec<u8>),
    slots: fn(&mut Vec<Vec<u8>>),
    header: fn(&mut Header),
    header_bytes: fn(&mut Vec<u8>),
    bytes: fn(&mut Vec<u8>),
}

#[test]
fn each_malformed_dispatch_is_refused_for_its_own_reason() {
    let cast = Cast::new();
    let cases = [
        in_whole(),
        in_header(),
        in_slots(),
        in_body(),
        in_cose(),
        in_statement(),
    ];
    let mut wrong = Vec::new();
    let mut tried = 0;
    for case in cases.iter().flatten() {
        let found = verdict(&case.forge.make(&cast), &cast);
        if found != case.code {
            wrong.push(format!("{}: {found}, not {}", case.name, case.code));
        }
        tried += 1;
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(tried >= 100, "{tried}");
}

/// Around everything.
fn in_whole() -> Vec<Case> {
    vec![
        bytes("nothing", "truncated", |b| b.clear()),
        bytes("its first byte alone", "truncated", |b| b.truncate(1)),
        bytes("its last byte missing", "truncated", |b| {
            b.truncate(b.len() - 1)
        }),
        bytes("a byte after the end", "trailing", |b| b.push(0)),
        bytes("a map", "key_type", |b| b[0] = 0xa2),
        bytes("five entries", "truncated", |b| b[0] = 0x85),
        bytes("three entries", "trailing", |b| b[0] = 0x83),
        bytes("an array of no said length", "indefinite", |b| b[0] = 0x9f),
        bytes("tagged as COSE", "shape", |b| b.insert(0, 0xd2)),
        bytes("tagged as a time", "tag", |b| b.insert(0, 0xc1)),
        bytes("a null", "shape", |b| *b = vec![0xf6]),
        bytes("a number with a fraction", "float", |b| {
            *b = vec![0xf9, 0, 0]
        }),
        bytes("a reserved head", "reserved", |b| *b = vec![0x1c]),
        bytes("a simple value", "simple", |b| *b = vec![0xe0]),
        bytes("twenty levels deep", "depth", |b| {
            *b = [vec![0x81; 20], vec![0]].concat()
        }),
        bytes("a longer head than needed", "long_form", |b| {
            drop(b.splice(1..2, [0x59, 0]))
        }),
        bytes("a header that is text", "utf8", |b| b[1] = 0x78),
        bytes("more than can be", "limit", |b| b.resize(SEALED_MAX + 1, 0)),
        bytes("an altered last byte", "digest", |b| {
            *b.last_mut().unwrap() ^= 1
        }),
        bytes("an altered signature of the node", "node_signature", |b| {
            alter_signature(b)
        }),
        bytes(
            "a signature of the node by another key",
            "node_signature",
            |b| resign(b),
        ),
        bytes("a signature of 63 bytes", "shape", shorten_signature),
    ]
}

/// In the header, which the node signed.
fn in_header() -> Vec<Case> {
    vec![
        header("a later version", "version", |h| h.version = 2),
        header("another suite", "version", |h| h.suite = 2),
        header("no destination", "limit", |h| h.destinations.clear()),
        header("301 destinations", "limit", |h| {
            h.destinations = vec![h.destinations[0].clone(); 301]
        }),
        header("destinations out of order", "shape", |h| {
            h.destinations.reverse()
        }),
        header("a destination twice", "shape", |h| {
            h.destinations[1] = h.destinations[0].clone()
        }),
        header("65 files", "limit", |h| {
            h.attachments = vec![(AttachmentId::new([1; 32]), 1); 65]
        }),
        header("a file that the statement has not", "mismatch", |h| {
            h.attachments.push((AttachmentId::new([1; 32]), 1))
        }),
        header("one byte too many announced", "size", |h| h.size += 1),
        header("another digest", "digest", |h| h.payload[0] ^= 1),
        header("another network outside", "slot", |h| {
            h.network = NetworkId::new([0x12; 16])
        }),
        header("another nonce outside", "slot", |h| h.nonce[0] ^= 1),
        header("another expiry outside", "slot", |h| {
            h.expires = h.expires.plus_seconds(1)
        }),
        header("another lane outside", "slot", |h| h.lane = Lane::Flash),
        header_bytes("a header field that is not known", "decode", |b| {
            append(b, &[0x0b, 0x00])
        }),
        header_bytes("a header field twice", "duplicate_key", |b| {
            append(b, &[0x0a, 0x80])
        }),
        header_bytes("a header field out of order", "unsorted", |b| {
            append(b, &[0x09, 0x00])
        }),
        header_bytes("a header key that is a byte string", "key_type", |b| {
            append(b, &[0x41, 0x00, 0x00])
        }),
        header_bytes("a header field missing", "decode", |b| {
            b[0] -= 1;
            b.truncate(b.len() - 2)
        }),
        header_bytes("a header number longer than needed", "long_form", |b| {
            b.insert(2, 0x18)
        }),
        header_bytes("a header field that is null", "null_in_map", |b| {
            b[2] = 0xf6
        }),
        header_bytes("a header version below zero", "decode", |b| b[2] = 0x20),
        header_bytes("a byte after the header", "trailing", |b| b.push(0)),
        header_bytes("a header that is cut", "truncated", |b| {
            b.truncate(b.len() - 1)
        }),
        header_bytes("a header of no said length", "indefinite", |b| {
            b[0] = 0xbf;
            b.push(0xff)
        }),
        header_bytes("a lane that is not known", "decode", |b| {
            replace(b, &[0x05, 0x02, 0x06], &[0x05, 0x09, 0x06])
        }),
        header_bytes("a node's name in capitals", "decode", |b| {
            replace(b, b"tj-dushanbe", b"TJ-DUSHANBE")
        }),
        header_bytes("a name that is not UTF-8", "utf8", |b| {
            replace(b, b"tj-dushanbe", b"tj-\xffushanbe")
        }),
    ]
}

/// In the slots.
fn in_slots() -> Vec<Case> {
    vec![
        slots("no slot", "limit", |s| s.clear()),
        slots("301 slots", "limit", |s| *s = vec![s[0].clone(); 301]),
        slots("slots swapped", "mismatch", |s| s.swap(0, 1)),
        slots("a slot missing", "mismatch", |s| s.truncate(s.len() - 1)),
        slots("a slot twice", "mismatch", |s| s.push(s[1].clone())),
        slots("two slots under each other's name", "slot", |s| {
            swap_names(s)
        }),
        slots(
            "a slot under the name of another epoch's key",
            "mismatch",
            |s| s[0][2..18].fill(9),
        ),
        slots("all slots under names that nobody holds", "no_slot", |s| {
            rename(s)
        }),
        slots("an altered ML-KEM ciphertext", "slot", |s| s[0][30] ^= 1),
        slots("an altered X25519 share", "slot", |s| s[0][21 + 1100] ^= 1),
        slots("an altered wrapped key", "slot", |s| {
            *s[0].last_mut().unwrap() ^= 1
        }),
        slots("a slot of two entries", "shape", |s| {
            s[0][0] = 0x82;
            let cut = s[0].len() - 50;
            s[0].truncate(cut)
        }),
        slots("a slot of four entries", "shape", |s| {
            s[0][0] = 0x84;
            s[0].push(0)
        }),
        slots("a key's name of 15 bytes", "shape", |s| {
            s[0][1] = 0x4f;
            s[0].remove(2);
        }),
        slots("a slot that is a number", "shape", |s| s[0] = vec![0]),
    ]
}

/// In the body: its chunks, its padding, its compression.
fn in_body() -> Vec<Case> {
    vec![
        body("another commitment", "commitment", |b| b[40] ^= 1),
        body("another salt", "commitment", |b| b[0] ^= 1),
        body("an altered chunk", "body", |b| b[100] ^= 1),
        body("an altered tag", "body", |b| *b.last_mut().unwrap() ^= 1),
        body("a final chunk that is cut", "body", |b| {
            b.truncate(b.len() - 1)
        }),
        body("a final chunk that is missing", "body", |b| b.truncate(56)),
        body("a body shorter than its commitment", "body", |b| {
            b.truncate(55)
        }),
        body("a byte after the final chunk", "body", |b| b.push(0)),
        body("no body", "body", |b| b.clear()),
        plain("padding that is not zero", "padding", |p| {
            *p.last_mut().unwrap() = 1
        }),
        plain("one byte of padding too many", "padding", |p| p.push(0)),
        plain("one byte of padding too few", "padding", |p| {
            p.truncate(p.len() - 1)
        }),
        plain("no padding", "padding", |p| p.truncate(unpadded(p))),
        plain("more content than there is", "padding", |p| p[2] = 0xff),
        plain("less content than there is", "padding", |p| {
            p[3] = p[3].wrapping_sub(1)
        }),
        plain("no content", "padding", |p| p[..4].fill(0)),
        plain("no room for a length", "padding", |p| p.truncate(3)),
        packed("not zstd", "compression", |p| p[0] ^= 1),
        packed("a frame that is cut", "compression", |p| {
            p.truncate(p.len() - 1)
        }),
        packed("two frames", "compression", |p| p.extend_from_within(..)),
        packed("a frame of more than 1 MiB", "compression", |p| {
            *p = compress::compress(&vec![0; (1 << 20) + 1]).unwrap()
        }),
        packed("nothing compressed", "compression", |p| p.clear()),
    ]
}

/// In what the author signed, and how.
fn in_cose() -> Vec<Case> {
    vec![
        cose("no tag of COSE", "shape", |c| {
            c.remove(0);
        }),
        cose("the tag of COSE_Sign", "tag", |c| {
            drop(c.splice(0..1, [0xd8, 0x62]))
        }),
        cose("another algorithm", "shape", |c| c[5] = 0x26),
        cose("an unprotected header", "shape", |c| {
            drop(c.splice(6..7, [0xa1, 0x04, 0x41, 0x31]))
        }),
        cose("a protected header of two fields", "shape", |c| {
            drop(c.splice(2..6, [0x45, 0xa2, 0x01, 0x27, 0x04, 0x40]))
        }),
        cose("a payload that is elsewhere", "shape", |c| {
            *c = [&c[..7], &[0xf6], &c[c.len() - 66..]].concat()
        }),
        cose("COSE of no said length", "indefinite", |c| c[1] = 0x9f),
        cose("COSE of three entries", "trailing", |c| c[1] = 0x83),
        cose(
            "an altered signature of the author",
            "author_signature",
            |c| *c.last_mut().unwrap() ^= 1,
        ),
        cose("a signature of zeros", "author_signature", |c| {
            let start = c.len() - 64;
            c[start..].fill(0)
        }),
        cose("a byte after COSE", "trailing", |c| c.push(0)),
        label("signed as a receipt", "author_signature", labels::RECEIPT),
        label("signed as evidence", "author_signature", labels::EVIDENCE),
        label("signed for no purpose", "author_signature", b""),
        payload("a field that is not known", "decode", |p| {
            append(p, &[0x18, 0x63, 0x00])
        }),
        payload("a field twice", "duplicate_key", |p| {
            append(p, &[0x13, 0x40])
        }),
        payload("a field out of order", "unsorted", |p| {
            append(p, &[0x01, 0x07])
        }),
        payload("a statement that is cut", "truncated", |p| {
            p.truncate(p.len() - 1)
        }),
        payload("a statement that is a list", "decode", |p| *p = vec![0x80]),
        payload("a kind that is not known", "decode", |p| {
            replace(p, &[0x01, 0x07, 0x02], &[0x01, 0x17, 0x02])
        }),
        payload("an office in small letters", "decode", |p| {
            replace(p, b"OYBEK", b"oybek")
        }),
        payload("an urgency that is not known", "decode", |p| {
            replace(p, &[0x0e, 0x02, 0x0f], &[0x0e, 0x08, 0x0f])
        }),
    ]
}

/// In the statement.
fn in_statement() -> Vec<Case> {
    vec![
        statement("another version inside", "mismatch", |s| s.version = 2),
        statement("another network inside", "mismatch", |s| {
            s.network = NetworkId::new([0x12; 16])
        }),
        statement("a statement of another envelope", "mismatch", |s| {
            s.nonce[0] ^= 1
        }),
        statement("a statement for another content key", "mismatch", |s| {
            s.binding[30] ^= 1
        }),
        statement("a statement for another salt", "mismatch", |s| {
            s.binding[0] ^= 1
        }),
        statement("another expiry inside", "mismatch", |s| {
            s.expires = s.expires.plus_seconds(1)
        }),
        statement("recipients in another order", "mismatch", |s| {
            s.recipients.reverse()
        }),
        statement("a recipient more than slots", "mismatch", |s| {
            s.recipients.push(s.recipients[0].clone())
        }),
        statement("a recipient's key of another epoch", "mismatch", |s| {
            s.recipients[0].key = KeyId::new([9; 16])
        }),
        statement("ourselves not among the recipients", "not_listed", |s| {
            s.recipients[0].office = fixture::oybek()
        }),
        statement("an office listed by its desk", "not_listed", |s| {
            s.recipients[0].office.desk = Some("BORDER".parse().unwrap())
        }),
        statement("another key of the author", "author_signature", |s| {
            s.author.key = KeyId::new([9; 16])
        }),
        statement("a body that is cut", "truncated", |s| {
            s.body = ByteVec::from(vec![0x42, 0x00])
        }),
        statement("a body with something after it", "trailing", |s| {
            s.body = ByteVec::from(vec![0x00, 0x00])
        }),
        statement("a body of no said length", "indefinite", |s| {
            s.body = ByteVec::from(vec![0xbf, 0xff])
        }),
        statement("no body inside", "truncated", |s| {
            s.body = ByteVec::from(Vec::new())
        }),
    ]
}

/// Where the node's signature begins.
fn signature(bytes: &[u8]) -> usize {
    3 + usize::from(bytes[2]) + 2
}

fn alter_signature(bytes: &mut [u8]) {
    let at = signature(bytes);
    bytes[at] ^= 1;
}

fn shorten_signature(bytes: &mut Vec<u8>) {
    let at = signature(bytes);
    bytes.remove(at);
    bytes[at - 1] = 63;
}

fn resign(bytes: &mut [u8]) {
    let at = signature(bytes);
    let message = crate::header::to_be_signed(&bytes[3..at - 2]);
    let signature = Cast::new().peer.sign(&message);
    bytes[at..at + 64].copy_from_slice(&signature);
}

/// Adds an entry to a map of fewer than 23.
fn append(map: &mut Vec<u8>, entry: &[u8]) {
    map[0] += 1;
    map.extend_from_slice(entry);
}

fn replace(bytes: &mut [u8], from: &[u8], to: &[u8]) {
    let at = bytes.windows(from.len()).position(|found| found == from);
    let at = at.unwrap();
    bytes[at..at + to.len()].copy_from_slice(to);
}

fn swap_names(slots: &mut [Vec<u8>]) {
    let name = slots[0][2..18].to_vec();
    let other = slots[1][2..18].to_vec();
    slots[0][2..18].copy_from_slice(&other);
    slots[1][2..18].copy_from_slice(&name);
}

fn rename(slots: &mut [Vec<u8>]) {
    for slot in slots {
        slot[2..18].fill(9);
    }
}

/// Length and content.
fn unpadded(plain: &[u8]) -> usize {
    4 + usize::from(u16::from_be_bytes([plain[2], plain[3]]))
}
