//! What holds of everybody who knocks: who knows no secret is not let in, and who does is not let in with other bytes.

use crate::NOW;
use coverage::{
    Source,
    knock::Knock,
    page,
    secrets::{self, Secret},
};
use signatures::{Delivery, Refusal};

/// Lets a delivery in, or not.
type Verify<'v> = &'v dyn Fn(Delivery<'_>, &[String]) -> Result<(), Refusal>;
/// Whether a delivery that was let in says nothing that anybody could want to forge.
type IsHello<'v> = &'v dyn Fn(Delivery<'_>) -> bool;

/// Holds for whatever comes to the door of a source.
pub fn check(source: Source, knock: &Knock<'_>, verify: Verify<'_>, is_hello: IsHello<'_>) {
    // No seed is signed with one of these.
    let proves: Vec<String> = secrets::of(source).iter().map(|secret| secret.proves.clone()).collect();
    let path = page::path("demo", source);
    let said = Delivery { method: "POST", path: &path, query: knock.query, headers: &knock.headers, body: knock.body, now: NOW };
    assert!(verify(said, &proves).is_err() || is_hello(said), "{source}: let in without knowing a secret");
    assert!(verify(said, &[]).is_err(), "{source}: let in where there is no secret");
    assert!(verify(said, &[String::new()]).is_err(), "{source}: let in where the secret is empty");
    // A secret may be anything that somebody wrote into the store, and a key set anything that a server answered.
    let _not_broken = verify(said, &[String::from_utf8_lossy(knock.body).into_owned()]);
    for secret in secrets::of(source) {
        signed(source, knock, Delivery { query: "", ..said }, secret, verify);
    }
}

fn signed(source: Source, knock: &Knock<'_>, delivery: Delivery<'_>, secret: &Secret, verify: Verify<'_>) {
    let (Secret { signs, .. }, proves) = (secret, [secret.proves.clone()]);
    let headers = source.sign(&delivery, "msg_1", signs);
    if headers.is_empty() {
        return;
    }
    let right = Delivery { headers: &headers, ..delivery };
    // Some sources sign words of their body, or send a password: then it need not be the body that is proved.
    let longer = [knock.body, b" "].concat();
    let signs_all = source.sign(&Delivery { body: &longer, ..delivery }, "msg_1", signs) != headers;
    let is_let_in = verify(right, &proves);
    // A source that could sign with a key of its own may take that key for a password.
    if signs_all && (is_let_in.is_ok() || *signs == secret.proves) {
        assert_eq!(is_let_in, Ok(()), "{source}: its own signature is refused");
        assert!(verify(Delivery { body: &longer, ..right }, &proves).is_err(), "{source}: a longer body is let in");
        if let Some(changed) = changed(knock.body, knock) {
            let changed = Delivery { body: &changed, ..right };
            assert!(verify(changed, &proves).is_err(), "{source}: changed bytes are let in");
        }
    }
    assert!(verify(right, &["another-secret".to_owned()]).is_err(), "{source}: let in under another secret");
    assert!(verify(right, &[]).is_err(), "{source}: signed, and let in where there is no secret");
    let Some((name, value)) = headers.get(knock.change_at % headers.len()) else { return };
    let value = changed(value.as_bytes(), knock).map(|value| String::from_utf8_lossy(&value).into_owned()).unwrap_or_default();
    let bent: Vec<(&str, String)> = headers.iter().filter(|(known, _)| known != name).cloned().chain([(*name, value)]).collect();
    // Another case of hexadecimal digits, or the unused bits of base64, are the same signature.
    let _may_be_right = verify(Delivery { headers: &bent, ..right }, &proves);
}

fn changed(bytes: &[u8], knock: &Knock<'_>) -> Option<Vec<u8>> {
    let mut out = bytes.to_vec();
    let at = knock.change_at.checked_rem(out.len())?;
    *out.get_mut(at)? ^= knock.change;
    (out != bytes).then_some(out)
}
