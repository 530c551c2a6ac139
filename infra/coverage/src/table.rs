//! The rows of the tables of sources as they stand in the code: what each is said to be, and the file that reads it.
//!
//! Documentation comments are not there when the program runs, so that the two tables are read as text.

/// `shared/carriers/src/lib.rs`.
const CARRIERS: &str = include_str!("../../../shared/carriers/src/lib.rs");
/// `shared/storefronts/src/lib.rs`.
const STOREFRONTS: &str = include_str!("../../../shared/storefronts/src/lib.rs");

/// A row of a table.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Row {
    /// Its name in the address.
    pub(crate) name: &'static str,
    /// What it is.
    pub(crate) what: String,
    /// The file that reads it, from the root.
    pub(crate) file: String,
}

/// Every row, of the carriers first.
pub(crate) fn rows() -> Vec<Row> {
    let of = |text, folder: &str| rows_of(text).into_iter().map(move |row| file(row, folder)).collect::<Vec<_>>();
    of(CARRIERS, "shared/carriers/src").into_iter().chain(of(STOREFRONTS, "shared/storefronts/src")).collect()
}

fn file(row: Row, folder: &str) -> Row {
    Row { file: format!("{folder}/{}.rs", row.file), ..row }
}

/// `/// What it is.` and then `Name = "name" => module::READER;`, between `sources! {` and `}`.
fn rows_of(text: &'static str) -> Vec<Row> {
    let inside = text.split("\nsources! {\n").nth(1).and_then(|rest| rest.split("\n}").next()).unwrap_or_default();
    let (mut out, mut what) = (Vec::new(), String::new());
    for line in inside.lines().map(str::trim) {
        if let Some(words) = line.strip_prefix("///") {
            what = format!("{what} {}", words.trim()).trim().to_owned();
        } else if let Some((name, reader)) = line.split_once("=>") {
            let name = name.split('"').nth(1).unwrap_or_default();
            let module = reader.trim().split("::").next().unwrap_or_default();
            out.push(Row { name, what: std::mem::take(&mut what).trim_end_matches('.').to_owned(), file: module.to_owned() });
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Source, root};

    #[test]
    fn every_source_has_its_row_its_words_and_its_file() {
        let rows = rows();
        assert_eq!(
            rows.iter().map(|row| row.name).collect::<Vec<_>>(),
            Source::all().iter().map(|s| s.name()).collect::<Vec<_>>()
        );
        for row in rows {
            assert!(!row.what.is_empty(), "{} does not say what it is: write a `///` line above its row", row.name);
            assert!(root().join(&row.file).is_file(), "{} is not there", row.file);
        }
    }
}
