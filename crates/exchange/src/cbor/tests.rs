use super::*;

#[test]
fn integers_have_one_encoding() {
    for value in [
        0,
        23,
        24,
        255,
        256,
        65_535,
        65_536,
        u64::from(u32::MAX),
        u64::MAX,
    ] {
        let mut out = Vec::new();
        put_uint(&mut out, value);
        assert_eq!(out.len(), size_of(value));
        assert_eq!(Reader::new(&out).uint(), Ok(value));
    }
    for value in [0, -1, -24, -25, 1_000_000, i64::MIN, i64::MAX] {
        let mut out = Vec::new();
        put_int(&mut out, value);
        assert_eq!(Reader::new(&out).int(), Ok(value));
    }
    assert_eq!(Reader::new(&[0x18, 23]).uint(), Err(BadCbor));
    assert_eq!(Reader::new(&[0x19, 0, 255]).uint(), Err(BadCbor));
    assert_eq!(
        Reader::new(&[0x1b, 0, 0, 0, 0, 255, 255, 255, 255]).uint(),
        Err(BadCbor)
    );
}

#[test]
fn indefinite_lengths_tags_and_floats_are_refused() {
    assert_eq!(Reader::new(&[0x9f, 0xff]).array(), Err(BadCbor));
    assert_eq!(Reader::new(&[0x5f, 0xff]).bytes(), Err(BadCbor));
    assert_eq!(Reader::new(&[0xc0, 0x00]).skip(), Err(BadCbor));
    assert_eq!(Reader::new(&[0xf9, 0, 0]).skip(), Err(BadCbor));
}

#[test]
fn depth_is_bounded() {
    let deep = vec![0x81; 100];
    assert_eq!(Reader::new(&deep).skip(), Err(BadCbor));
}

#[test]
fn a_length_cannot_promise_more_than_there_is() {
    assert_eq!(
        Reader::new(&[0x9a, 0xff, 0xff, 0xff, 0xff]).array(),
        Err(BadCbor)
    );
    assert_eq!(
        Reader::new(&[0x5a, 0xff, 0xff, 0xff, 0xff, 1]).bytes(),
        Err(BadCbor)
    );
}
