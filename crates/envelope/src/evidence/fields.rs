//! How the fields of evidence are written that are not plain CBOR values by themselves.

/// A list of byte strings.
pub(super) mod bytes_list {
    use minicbor::bytes::{ByteSlice, ByteVec};
    use minicbor::decode::Error as DecodeError;
    use minicbor::encode::{Error as EncodeError, Write};
    use minicbor::{Decoder, Encoder};

    pub(in crate::evidence) fn encode<C, W: Write>(
        list: &[Vec<u8>],
        e: &mut Encoder<W>,
        ctx: &mut C,
    ) -> Result<(), EncodeError<W::Error>> {
        e.array(crate::wire::count(list.len()))?;
        list.iter().try_for_each(|bytes| {
            e.encode_with(<&ByteSlice>::from(bytes.as_slice()), ctx)?
                .ok()
        })
    }

    pub(in crate::evidence) fn decode<C>(
        d: &mut Decoder<'_>,
        ctx: &mut C,
    ) -> Result<Vec<Vec<u8>>, DecodeError> {
        d.array_iter_with::<C, ByteVec>(ctx)?
            .map(|bytes| bytes.map(Vec::from))
            .collect()
    }
}

/// 32 bytes that are wiped when dropped.
pub(super) mod content_key {
    use minicbor::bytes::ByteArray;
    use minicbor::decode::Error as DecodeError;
    use minicbor::encode::{Error as EncodeError, Write};
    use minicbor::{Decoder, Encoder};

    use crate::key::ContentKey;

    pub(in crate::evidence) fn encode<C, W: Write>(
        key: &ContentKey,
        e: &mut Encoder<W>,
        _: &mut C,
    ) -> Result<(), EncodeError<W::Error>> {
        e.bytes(key.as_bytes())?.ok()
    }

    pub(in crate::evidence) fn decode<C>(
        d: &mut Decoder<'_>,
        ctx: &mut C,
    ) -> Result<ContentKey, DecodeError> {
        let key: ByteArray<32> = d.decode_with(ctx)?;
        Ok(ContentKey::new(*key))
    }
}
