//! The page `infra/SOURCES.md`: how to connect a source, what each covers, and where every status code of a carrier maps.

use crate::{Source, fixtures::RECEIVED_AT, root, table};
use carriers::CarrierSource;
use signatures::{Answers, BadDelivery, answered};
use std::fmt::Write as _;
use storefronts::Storefront;

/// The page, from the root.
pub const FILE: &str = "infra/SOURCES.md";

const HEAD: &str = "# Sources

Who tells Doorstep about orders and parcels, and what is made of what they tell.

This page is written by `cargo run -p coverage` from the tables in `shared/carriers` and `shared/storefronts`; a test fails when it
is not what they say. To read one more carrier: [ADD_A_SOURCE.md](ADD_A_SOURCE.md). Somebody who is not here can send our own
documented JSON: [STANDARD.md](../shared/storefronts/STANDARD.md).

## Connect one

1. **The address** to paste where the source asks for a webhook or notification URL:

   | | |
   |---|---|
   | who tells of orders | `https://ADDRESS/webhooks/SHOP/storefront/NAME` |
   | who tells of parcels | `https://ADDRESS/webhooks/SHOP/carrier/NAME` |

   `ADDRESS` is the stack's output `ApiUrl` without `https://`, or your own domain; `SHOP` is your shop's name here; `NAME` is the
   first column below. On your own machine it is `http://127.0.0.1:8787/webhooks/demo/…`.
2. **The secret**, under the same name in the deployment's secret (`doorstep/secrets`; how to change it without losing a delivery:
   [README.md](README.md#change-secrets)):

   ```json
   {\"shops\": {\"SHOP\": {\"carrier\": {\"NAME\": \"THE SECRET\"}, \"storefront\": {\"NAME\": \"THE SECRET\"}}}}
   ```

   The column *proof* says what the secret does. A source without a secret is not let in at all. Where the table names public
   keys (a path is below the shop's own address), they are fetched from there by themselves and there is no secret to keep. On
   your own machine the secrets are in `infra/local/demo-secrets.toml`.
3. **Choose the topics** for which the list below says what they are used for. More do no harm.
4. **Look**: what came and what could not be read is on the console's page *Sources* (`/console/SHOP/sources`).

| Answer | Means |
|---|---|
| `200` | it is remembered: it is on its queue |
| `401` (or what the table says) | not signed, wrongly signed, or signed too long ago; nothing of it was read |
| `404` | no such shop or source: look at the address |
| `413` | larger than 1 MiB |
| `422` | well signed, but a field is missing or unreadable; the answer names it |
| `429`, `5xx` | not remembered: to be sent again later. A delivery signed with a key that is not known yet is one of these: the key is fetched meanwhile |
";

const UNKNOWN: &str = "
## Codes and topics that nobody here knows

They are never lost and never guessed at.

- **A code** that is not in the tables above: the scan is kept with the carrier's own words and shown to nobody as more than its
  general word says (`in_transit`); if not even that is known it is `pending`, which changes nothing. It is counted for its shop
  and source, and logged (`a status code is not known`).
- **A topic** that is not read: the delivery is kept aside for ninety days, the first kilobytes of it as they came, and counted.
- Both are listed on the console's page *Sources* (`/console/SHOP/sources`) with how often they came and when last. They are the rows
  `PARKED` of the table, which `shared/store/src/park.rs` keeps.

When a table here learns a code, `cargo refold` reads the kept history again
([README.md](README.md#read-history-again)): every scan keeps its code for that.
";

/// The path of a source's door.
#[must_use]
pub fn path(shop: &str, source: Source) -> String {
    format!("/webhooks/{shop}/{}/{}", source.kind(), source.name())
}

/// Writes the page.
///
/// # Errors
/// When the file cannot be written.
pub fn write() -> Result<(), String> {
    std::fs::write(root().join(FILE), page()).map_err(|error| format!("{FILE}: {error}"))
}

/// Says whether the page is what the code says.
///
/// # Errors
/// With the first line that is not.
pub fn check() -> Result<(), String> {
    let (is, should) = (std::fs::read_to_string(root().join(FILE)).unwrap_or_default(), page());
    if is == should {
        return Ok(());
    }
    let line = is.lines().zip(should.lines()).take_while(|(is, should)| is == should).count();
    Err(format!("{FILE} is not what the code says, from line {} on: `cargo run -p coverage` writes it anew", line + 1))
}

/// The whole page.
#[must_use]
pub fn page() -> String {
    let mut out = HEAD.to_owned();
    out += "\n*Can be asked* means that the answers of its API are read too, which finds what webhooks missed.\n";
    out += "\n## What tells of parcels\n\n";
    out += &sources("carrier");
    out += "\n## What tells of orders\n\n";
    out += &sources("storefront");
    out += "\n## Topics\n\nA topic without a use is kept aside and counted, as is one that is not listed.\n\n| Source | Topic | Used for |\n|---|---|---|\n";
    for source in Source::all() {
        for topic in source.topics() {
            let used_for = if topic.used_for.is_empty() { "–" } else { topic.used_for };
            line(&mut out, &[&source.to_string(), &format!("`{}`", topic.name), used_for]);
        }
    }
    out += CODES;
    for source in CarrierSource::ALL {
        out += &codes(*source);
    }
    out += UNKNOWN;
    out
}

const CODES: &str = "
## Status codes

Every code that a source documents, as a scan keeps it, with our status and its finer word. Where a source has two words, the
general one stands before the stroke. `other` says nothing finer.
";

fn sources(kind: &str) -> String {
    let mut out = String::new();
    line(&mut out, &["Name", "What it is", "Proof", "Turned away with", "Waits for an answer", "Public keys", "Can be asked"]);
    out += "|---|---|---|---|---|---|---|\n";
    for (source, row) in Source::all().into_iter().zip(table::rows()).filter(|(source, _)| source.kind() == kind) {
        let answers = source.answers();
        let within = answers.within_s.map_or_else(|| "–".to_owned(), |seconds| format!("{seconds} s"));
        let keys = source.keys_at().map_or_else(|| "–".to_owned(), |keys| format!("`{keys}`"));
        let name = format!("[`{}`](../{})", source.name(), row.file);
        let asked = if can_be_asked(source) { "yes" } else { "–" };
        line(&mut out, &[&name, &row.what, source.proof(), &turned(answers), &within, &keys, asked]);
    }
    out
}

fn turned(answers: Answers) -> String {
    let Answers { unsigned, bad_signature, stale, .. } = answers;
    if unsigned == bad_signature && stale == unsigned {
        return unsigned.to_string();
    }
    format!("unsigned {unsigned}, wrong {bad_signature}, old {stale}")
}

/// A source that cannot be asked refuses every answer, and says that it is for its own sake.
fn can_be_asked(source: Source) -> bool {
    let nothing = answered(b"{}", RECEIVED_AT);
    let refused = match source {
        Source::Carrier(source) => CarrierSource::parse_answer(source, &nothing).err(),
        Source::Storefront(source) => Storefront::parse_answer(source, &nothing).err(),
    };
    !matches!(refused, Some(BadDelivery::Bad { field, .. }) if field == "source")
}

fn codes(source: CarrierSource) -> String {
    let rows = source.codes();
    let mut out = format!("\n<details><summary><b>{source}</b>: {} codes</summary>\n\n", rows.len());
    line(&mut out, &["Code", "Status", "Finer word"]);
    out += "|---|---|---|\n";
    for row in rows {
        line(&mut out, &[&format!("`{}`", row.code), row.status.code(), row.sub.code()]);
    }
    out + "\n</details>\n"
}

fn line(out: &mut String, cells: &[&str]) {
    for cell in cells {
        // Writing to a text cannot fail.
        let _written = write!(out, "| {} ", cell.replace('|', "\\|"));
    }
    *out += "|\n";
}
