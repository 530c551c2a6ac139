//! Payloads and signatures recorded by others: they lie outside this repository and are never copied into it.

use std::path::{Path, PathBuf};

/// Where payloads recorded by others lie, outside this repository; `None` on machines that do not have them.
pub fn folder() -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/payloads");
    if path.is_dir() {
        return Some(path);
    }
    println!("skipped: {} is not here", path.display());
    None
}

/// Every file of one source.
pub fn files(source: &str) -> Vec<(String, Vec<u8>)> {
    let Some(path) = folder() else { return Vec::new() };
    let entries = std::fs::read_dir(path.join(source)).unwrap().map(|entry| entry.unwrap().path());
    entries.map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), std::fs::read(&path).unwrap())).collect()
}

/// A secret, headers and a body.
pub type Vector = (String, Vec<(String, String)>, Vec<u8>);

/// The vectors of `signature_test_vectors.json` for one provider.
pub fn vectors(provider: &str) -> Vec<Vector> {
    let Some(path) = folder() else { return Vec::new() };
    let text = std::fs::read_to_string(path.join("signature_test_vectors.json")).unwrap();
    let all: serde_json::Value = serde_json::from_str(&text).unwrap();
    let mut out = Vec::new();
    for vector in all["vectors"].as_array().unwrap().iter().filter(|vector| vector["provider"] == provider) {
        // Some secrets carry a remark in brackets; a source with public keys has those instead.
        let secret = match vector["secret"].as_str() {
            Some(secret) => secret.split(" (").next().unwrap().to_owned(),
            None => vector["jwks"].to_string(),
        };
        let headers = vector["headers"].as_object().unwrap().iter();
        let headers = headers.map(|(name, value)| (name.clone(), value.as_str().unwrap().to_owned())).collect();
        let body = match vector["body_file"].as_str() {
            Some(file) => std::fs::read(path.join(file)).unwrap(),
            None => vector["body"].as_str().unwrap().as_bytes().to_vec(),
        };
        out.push((secret, headers, body));
    }
    assert!(!out.is_empty(), "{provider} has vectors");
    out
}
