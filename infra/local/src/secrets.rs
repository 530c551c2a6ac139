//! Secrets Manager: secrets made once, kept, and given the demo shop's webhook secrets at every start.

use crate::{disk::Disk, plan::Secret, pulse::now_ms, refusal::Refusal, trouble::Trouble};
use rusqlite::{Connection, OptionalExtension, params};
use serde_json::{Map, Value as Json, json};
use std::path::Path;

/// The shop that the demo secrets belong to.
const DEMO_SHOP: &str = "demo";

/// Makes what is missing and merges the demo shop's secrets.
pub async fn prepare(disk: &Disk, secrets: &[Secret], demo: Option<&Path>) -> Result<(), Trouble> {
    let demo = match demo {
        Some(path) => {
            let text = std::fs::read_to_string(path).map_err(|source| Trouble::file(path, source))?;
            Some(read_demo(&text).map_err(|why| Trouble::Secrets { path: path.to_owned(), why })?)
        }
        None => None,
    };
    let secrets = secrets.to_vec();
    disk.run(move |disk| secrets.iter().try_for_each(|secret| prepare_one(disk, secret, demo.as_ref())))
        .await
        .map_err(Trouble::Database)
}

fn prepare_one(disk: &Connection, secret: &Secret, demo: Option<&Json>) -> rusqlite::Result<()> {
    let old: Option<String> =
        disk.query_row("SELECT value FROM secrets WHERE arn = ?1", [&secret.arn], |row| row.get(0)).optional()?;
    let mut value: Json = match &old {
        Some(text) => serde_json::from_str(text).unwrap_or_else(|_| json!({})),
        None => {
            let mut value = secret.template.clone();
            value[&secret.key] = json!(generate(secret.length));
            value
        }
    };
    if let (Some(demo), true) = (demo, value.get("shops").is_some_and(Json::is_object)) {
        merge(&mut value["shops"][DEMO_SHOP], demo);
    }
    let text = value.to_string();
    if old.as_deref() != Some(&text) {
        write(disk, &secret.arn, &secret.name, &text)?;
    }
    Ok(())
}

fn write(disk: &Connection, arn: &str, name: &str, value: &str) -> rusqlite::Result<String> {
    let version = uuid::Uuid::new_v4().to_string();
    disk.execute(
        "INSERT OR REPLACE INTO secrets VALUES (?1, ?2, ?3, ?4, ?5)",
        params![arn, name, value, version, now_ms() / 1000],
    )?;
    Ok(version)
}

/// Letters and digits, as many as the template asks for.
fn generate(length: usize) -> String {
    const ALPHABET: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    let mut bytes =
        std::iter::repeat_with(|| uuid::Uuid::new_v4().into_bytes()).flat_map(|id| [id[0], id[1], id[2], id[3], id[4], id[5]]);
    // 248 = 4 x 62: above it a remainder would favour the first letters.
    std::iter::from_fn(|| bytes.find(|byte| *byte < 248))
        .take(length)
        .map(|byte| char::from(ALPHABET[usize::from(byte % 62)]))
        .collect()
}

/// What is in `new` goes before what is in `old`; maps are merged, everything else is replaced.
fn merge(old: &mut Json, new: &Json) {
    match (old, new) {
        (Json::Object(old), Json::Object(new)) => {
            for (key, value) in new {
                merge(old.entry(key.clone()).or_insert(Json::Null), value);
            }
        }
        (old, new) => *old = new.clone(),
    }
}

/// Turns the demo file into the shop's part of the secret: current values first, then those under `previous`.
fn read_demo(text: &str) -> Result<Json, String> {
    let file: toml::Table = text.parse().map_err(|e: toml::de::Error| e.message().to_owned())?;
    let none = toml::Table::new();
    let previous = file.get("previous").and_then(toml::Value::as_table).unwrap_or(&none);
    let mut shop = Map::new();
    for (section, table) in file.iter().filter(|(section, _)| *section != "previous") {
        let Some(table) = table.as_table() else { return Err(format!("[{section}] must be a table")) };
        let mut sources = Map::new();
        for (source, value) in table {
            let mut list = values(value).ok_or_else(|| format!("{section}.{source} must be a text or a list of texts"))?;
            let old = previous.get(section).and_then(|table| table.get(source));
            list.extend(
                old.map(|old| {
                    values(old).ok_or_else(|| format!("previous.{section}.{source} must be a text or a list of texts"))
                })
                .transpose()?
                .unwrap_or_default(),
            );
            sources.insert(source.clone(), Json::Array(list));
        }
        let flat = ["console", "webhooks_out"].contains(&section.as_str());
        let part = match flat {
            true => Json::Array(sources.into_iter().flat_map(|(_, list)| list.as_array().cloned().unwrap_or_default()).collect()),
            false => Json::Object(sources),
        };
        shop.insert(section.clone(), part);
    }
    Ok(Json::Object(shop))
}

fn values(value: &toml::Value) -> Option<Vec<Json>> {
    match value {
        toml::Value::String(text) => Some(vec![json!(text)]),
        toml::Value::Array(list) => list.iter().map(|one| one.as_str().map(|text| json!(text))).collect(),
        _ => None,
    }
}

/// One request.
pub async fn answer(disk: &Disk, operation: &str, body: &[u8]) -> Result<Json, Refusal> {
    let input: Json = serde_json::from_slice(body).map_err(|e| Refusal::new("InvalidRequestException", e.to_string()))?;
    let id = input["SecretId"].as_str().unwrap_or_default().to_owned();
    let found = disk
        .run(move |disk| {
            disk.query_row("SELECT arn, name, value, version, at_s FROM secrets WHERE arn = ?1 OR name = ?1", [id], |row| {
                Ok((
                    row.get::<_, String>(0)?,
                    row.get::<_, String>(1)?,
                    row.get::<_, String>(2)?,
                    row.get::<_, String>(3)?,
                    row.get::<_, i64>(4)?,
                ))
            })
            .optional()
        })
        .await
        .map_err(|why| Refusal { status: Some(500), ..Refusal::new("InternalServiceError", why) })?;
    let Some((arn, name, value, version, at_s)) = found else {
        return Err(Refusal::new("ResourceNotFoundException", "Secrets Manager can't find the specified secret."));
    };
    match operation {
        "GetSecretValue" => {
            if input["VersionStage"].as_str().is_some_and(|stage| stage != "AWSCURRENT") {
                return Err(Refusal::new(
                    "ResourceNotFoundException",
                    "Secrets Manager can't find the specified secret value for staging label: only AWSCURRENT is kept here",
                ));
            }
            Ok(
                json!({"ARN": arn, "Name": name, "VersionId": version, "SecretString": value, "VersionStages": ["AWSCURRENT"], "CreatedDate": at_s}),
            )
        }
        "DescribeSecret" => Ok(json!({
            "ARN": arn, "Name": name, "LastChangedDate": at_s, "CreatedDate": at_s, "VersionIdsToStages": {version: ["AWSCURRENT"]},
        })),
        "PutSecretValue" => {
            let Some(text) = input["SecretString"].as_str().map(str::to_owned) else {
                return Err(Refusal::new("InvalidRequestException", "You must provide SecretString."));
            };
            let (to_arn, to_name) = (arn.clone(), name.clone());
            let version = disk.run(move |disk| write(disk, &to_arn, &to_name, &text)).await?;
            Ok(json!({"ARN": arn, "Name": name, "VersionId": version, "VersionStages": ["AWSCURRENT"]}))
        }
        other => Err(Refusal::new("InvalidRequestException", format!("{other} is not known to the local stack"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_demo_file_becomes_the_shops_part_of_the_secret() {
        let shop = read_demo("[storefront]\nshopify = \"new\"\nstandard = [\"a\", \"b\"]\n[console]\nstaff = \"s\"\n[previous.storefront]\nshopify = \"old\"").unwrap();
        assert_eq!(shop, json!({"storefront": {"shopify": ["new", "old"], "standard": ["a", "b"]}, "console": ["s"]}));
    }

    #[test]
    fn a_generated_value_is_as_long_as_asked_and_has_no_punctuation() {
        let value = generate(64);
        assert!(value.len() == 64 && value.chars().all(|c| c.is_ascii_alphanumeric()));
        assert_ne!(value, generate(64));
    }
}
