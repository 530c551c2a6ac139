//! The document of a row: the aggregate as JSON, deflated once it is longer than what one write unit holds.
//!
//! DynamoDB bills a write by the kilobyte of the whole row. A parcel of fifteen scans has three and a half kilobytes of JSON
//! that repeat themselves and under one deflated; packing costs microseconds. Short documents stay readable in the AWS console.

use aws_sdk_dynamodb::{primitives::Blob, types::AttributeValue};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use flate2::{Compression, bufread::DeflateDecoder, write::DeflateEncoder};
use std::{
    borrow::Cow,
    io::{Read as _, Write as _},
};

/// Documents up to this stay as text: with its keys such a row is one write unit either way.
const PLAIN_BYTES_MAX: usize = 800;
/// The longest document that is unpacked. A row has at most 400 KB, and no aggregate comes near this.
const UNPACKED_BYTES_MAX: u64 = 4 * 1024 * 1024;

/// The attribute that holds a document.
pub(crate) fn packed(json: String) -> AttributeValue {
    if json.len() <= PLAIN_BYTES_MAX {
        return AttributeValue::S(json);
    }
    match deflated(&json) {
        Ok(bytes) => AttributeValue::B(Blob::new(bytes)),
        Err(_) => AttributeValue::S(json),
    }
}

/// The document an attribute holds, or `None` when it holds none.
pub(crate) fn unpacked(attribute: &AttributeValue) -> Option<Cow<'_, str>> {
    match attribute {
        AttributeValue::S(json) => Some(Cow::Borrowed(json)),
        AttributeValue::B(bytes) => inflated(bytes.as_ref()).map(Cow::Owned),
        _ => None,
    }
}

/// The document of a stream record's image, where bytes come as base64.
pub(crate) fn unpacked_base64(bytes: &str) -> Option<String> {
    inflated(&STANDARD.decode(bytes).ok()?)
}

fn deflated(json: &str) -> std::io::Result<Vec<u8>> {
    let mut encoder = DeflateEncoder::new(Vec::with_capacity(json.len() / 3), Compression::default());
    encoder.write_all(json.as_bytes())?;
    encoder.finish()
}

fn inflated(bytes: &[u8]) -> Option<String> {
    let mut json = String::new();
    DeflateDecoder::new(bytes).take(UNPACKED_BYTES_MAX).read_to_string(&mut json).ok()?;
    Some(json)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_packed_comes_out_as_it_was() {
        let short = "{\"a\":1}".to_owned();
        assert_eq!(packed(short.clone()), AttributeValue::S(short));
        let long = format!("[{}]", vec!["{\"status\":\"in_transit\",\"text\":\"Ünïcode\"}"; 60].join(","));
        let attribute = packed(long.clone());
        let AttributeValue::B(bytes) = &attribute else { panic!("{attribute:?}") };
        assert!(bytes.as_ref().len() * 4 < long.len());
        assert_eq!(unpacked(&attribute).as_deref(), Some(long.as_str()));
        assert_eq!(unpacked_base64(&STANDARD.encode(bytes.as_ref())), Some(long));
    }

    #[test]
    fn what_is_no_document_is_none() {
        assert_eq!(unpacked(&AttributeValue::Bool(true)), None);
        assert_eq!(unpacked(&AttributeValue::B(Blob::new([1, 2, 3]))), None);
        assert_eq!(unpacked_base64("%%%"), None);
        // A bomb is cut at the bound, and what is left of it is no JSON.
        let bomb = deflated(&"[".repeat(8 * 1024 * 1024)).unwrap();
        assert!(inflated(&bomb).is_none_or(|json| json.len() <= 4 * 1024 * 1024));
    }
}
