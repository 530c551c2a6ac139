//! A CSV file, row by row: named columns, every error with its file, line and column, and a bound on everything.

use csv::{ByteRecord, ReaderBuilder, StringRecord};
use std::{
    cell::Cell,
    collections::BTreeMap,
    fmt,
    io::{self, BufRead, BufReader, Read},
    path::{Path, PathBuf},
    rc::Rc,
};

/// The largest file that is read.
pub const FILE_BYTES_MAX: u64 = 1024 * 1024 * 1024;
/// The longest row: an open quote would otherwise take the rest of the file into one.
pub const ROW_BYTES_MAX: u64 = 1024 * 1024;
/// The most columns.
const COLUMNS_MAX: usize = 1_000;
/// What the reader may have read ahead of its row.
const BUFFER_BYTES: usize = 64 * 1024;
/// Files of one folder.
const FILES_MAX: usize = 1_000;

/// A column that a format knows.
#[derive(Debug, Clone, Copy)]
pub struct Column {
    /// Its usual name, by which code and errors call it.
    pub name: &'static str,
    /// Other spellings. Case, spaces and signs do not matter.
    pub also: &'static [&'static str],
    /// Whether a file without it is refused.
    pub required: bool,
}

/// Something in a file that cannot be read. It names where, and never quotes: a cell may hold a person's data.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct BadRow {
    /// The file.
    pub file: String,
    /// Counted from 1; none: the whole file.
    pub line: Option<u64>,
    /// The column.
    pub column: Option<&'static str>,
    /// What is wrong.
    pub what: String,
    /// What the first column of the format says in this row, as far as it can be read: whose row is lost. Never shown.
    pub of: Option<String>,
}

impl fmt::Display for BadRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        self.line.map_or(Ok(()), |line| write!(f, ", line {line}"))?;
        self.column.map_or(Ok(()), |column| write!(f, ", column {column}"))?;
        write!(f, ": {}", self.what)
    }
}

/// Gives out so many bytes until it is filled up again.
struct Bounded<R> {
    inner: R,
    left: Rc<Cell<u64>>,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.left.get()).unwrap_or(usize::MAX);
        if left == 0 {
            return Err(io::Error::other("a row is longer than 1 MB: is a quote open?"));
        }
        let wanted = buffer.len().min(left);
        let read = self.inner.read(&mut buffer[..wanted])?;
        self.left.set(self.left.get().saturating_sub(read as u64));
        Ok(read)
    }
}

/// An open file.
pub struct Table {
    file: String,
    reader: csv::Reader<Bounded<Box<dyn BufRead>>>,
    left: Rc<Cell<u64>>,
    places: Rc<BTreeMap<&'static str, usize>>,
    /// Where the first column of the format stands.
    first: Option<usize>,
    width: usize,
    has_decimal_commas: bool,
    is_over: bool,
}

/// One row.
#[derive(Debug, Clone)]
pub struct Row {
    file: String,
    /// Counted from 1.
    pub line: u64,
    cells: StringRecord,
    places: Rc<BTreeMap<&'static str, usize>>,
    /// Whether its file is one of a country that writes `12,50`: its cells are parted by semicolons.
    pub has_decimal_commas: bool,
}

impl Row {
    /// What a column says, trimmed; empty when it says nothing or the file has no such column.
    #[must_use]
    pub fn cell(&self, column: &str) -> &str {
        self.places.get(column).and_then(|at| self.cells.get(*at)).unwrap_or_default().trim()
    }

    /// The same, nothing when it is empty.
    #[must_use]
    pub fn filled(&self, column: &str) -> Option<&str> {
        Some(self.cell(column)).filter(|text| !text.is_empty())
    }

    /// Something is wrong in this column.
    #[must_use]
    pub fn bad(&self, column: &'static str, what: impl Into<String>) -> BadRow {
        BadRow { file: self.file.clone(), line: Some(self.line), column: Some(column), what: what.into(), of: None }
    }

    /// What a column says that must say something.
    ///
    /// # Errors
    /// When it is empty.
    pub fn required(&self, column: &'static str) -> Result<&str, BadRow> {
        self.filled(column).ok_or_else(|| self.bad(column, "is empty"))
    }
}

impl Table {
    /// Opens a file.
    ///
    /// # Errors
    /// When it is not there, too large, or has not the columns that it needs.
    pub fn open(path: &Path, columns: &[Column]) -> Result<Self, BadRow> {
        let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
        let bad = |what: String| BadRow { file: name.clone(), line: None, column: None, what, of: None };
        let file = std::fs::File::open(path).map_err(|error| bad(error.to_string()))?;
        let bytes = file.metadata().map_err(|error| bad(error.to_string()))?.len();
        if bytes > FILE_BYTES_MAX {
            return Err(bad("is larger than 1 GB: split it, or export less at once".to_owned()));
        }
        Self::read(&name, file.take(FILE_BYTES_MAX), columns)
    }

    /// Reads from anything.
    ///
    /// # Errors
    /// As [`Table::open`].
    pub fn read(file: &str, bytes: impl Read + 'static, columns: &[Column]) -> Result<Self, BadRow> {
        let bad = |what: String| BadRow { file: file.to_owned(), line: Some(1), column: None, what, of: None };
        let mut bytes = BufReader::with_capacity(BUFFER_BYTES, bytes);
        let start = bytes.fill_buf().map_err(|error| bad(error.to_string()))?;
        if start.starts_with(&[0xff, 0xfe]) || start.starts_with(&[0xfe, 0xff]) {
            return Err(bad("is UTF-16: save it as UTF-8".to_owned()));
        }
        let mark = if start.starts_with(&[0xef, 0xbb, 0xbf]) { 3 } else { 0 };
        let delimiter = delimiter(&start[mark..]);
        bytes.consume(mark);
        let left = Rc::new(Cell::new(ROW_BYTES_MAX));
        let bytes: Box<dyn BufRead> = Box::new(bytes);
        let bounded = Bounded { inner: bytes, left: left.clone() };
        let mut reader = ReaderBuilder::new().delimiter(delimiter).flexible(true).has_headers(false).from_reader(bounded);
        let mut header = ByteRecord::new();
        let has_header = reader.read_byte_record(&mut header).map_err(|error| bad(plain(&error)))?;
        if !has_header {
            return Err(bad("is empty".to_owned()));
        }
        if header.len() > COLUMNS_MAX {
            return Err(bad(format!("has more than {COLUMNS_MAX} columns")));
        }
        let names: Vec<String> = header.iter().map(|name| folded(&String::from_utf8_lossy(name))).collect();
        let mut places = BTreeMap::new();
        for column in columns {
            let spelled = std::iter::once(&column.name).chain(column.also).map(|name| folded(name));
            if let Some(at) = spelled.filter_map(|name| names.iter().position(|known| *known == name)).next() {
                places.insert(column.name, at);
            }
        }
        let missing: Vec<&str> = columns
            .iter()
            .filter(|column| column.required && !places.contains_key(column.name))
            .map(|column| column.name)
            .collect();
        if !missing.is_empty() {
            return Err(bad(format!("has not the columns {}", missing.join(", "))));
        }
        Ok(Self {
            file: file.to_owned(),
            reader,
            left,
            first: columns.first().and_then(|column| places.get(column.name).copied()),
            places: Rc::new(places),
            width: header.len(),
            has_decimal_commas: delimiter == b';',
            is_over: false,
        })
    }

    fn next_row(&mut self) -> Option<Result<Row, BadRow>> {
        if self.is_over {
            return None;
        }
        self.left.set(ROW_BYTES_MAX);
        let from = self.reader.position().line();
        let mut record = ByteRecord::new();
        let bad =
            |line, column, what: String, of| Some(Err(BadRow { file: self.file.clone(), line: Some(line), column, what, of }));
        match self.reader.read_byte_record(&mut record) {
            Ok(true) => {}
            Ok(false) => return None,
            Err(error) => {
                // Where the next row begins is not known any more.
                self.is_over = true;
                return bad(from, None, format!("{}; what follows in this file was not read", plain(&error)), None);
            }
        }
        let line = record.position().map_or(from, csv::Position::line);
        if record.len() != self.width {
            let what = format!("has {} cells where the header has {}: is a quote missing?", record.len(), self.width);
            return bad(line, None, what, self.first_of(&record));
        }
        let of = self.first_of(&record);
        match StringRecord::from_byte_record(record) {
            Ok(cells) => Some(Ok(Row {
                file: self.file.clone(),
                line,
                cells,
                places: self.places.clone(),
                has_decimal_commas: self.has_decimal_commas,
            })),
            Err(error) => {
                let at = error.utf8_error().field();
                let column = self.places.iter().find(|(_, place)| **place == at).map(|(name, _)| *name);
                bad(line, column, "is not UTF-8: save the file as UTF-8".to_owned(), of)
            }
        }
    }

    fn first_of(&self, record: &ByteRecord) -> Option<String> {
        record.get(self.first?).map(|cell| String::from_utf8_lossy(cell).trim().to_owned())
    }
}

impl Iterator for Table {
    type Item = Result<Row, BadRow>;

    fn next(&mut self) -> Option<Self::Item> {
        self.next_row()
    }
}

/// The error of the CSV reader; of those that can come here, none quotes a cell.
fn plain(error: &csv::Error) -> String {
    match error.kind() {
        csv::ErrorKind::Io(error) => error.to_string(),
        _ => "cannot be read".to_owned(),
    }
}

/// What parts the cells of the first line: the sign of three that stands there most often, quotes aside.
fn delimiter(start: &[u8]) -> u8 {
    let mut counts = [(b',', 0_u32), (b';', 0), (b'\t', 0)];
    let mut is_quoted = false;
    for byte in start {
        match byte {
            b'"' => is_quoted = !is_quoted,
            b'\n' if !is_quoted => break,
            byte if !is_quoted => counts.iter_mut().filter(|(sign, _)| sign == byte).for_each(|(_, count)| *count += 1),
            _ => {}
        }
    }
    // Of equals the first: a file of one column is as good a file with commas.
    counts.into_iter().rev().max_by_key(|(_, count)| *count).map_or(b',', |(sign, _)| sign)
}

fn folded(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// The CSV files of a folder, or the one file; `orders_2.csv` before `orders_10.csv`.
///
/// # Errors
/// When there is none, or the folder cannot be read.
pub fn files(place: &Path) -> Result<Vec<PathBuf>, String> {
    let bad = |what: String| format!("{}: {what}", place.display());
    if place.metadata().map_err(|error| bad(error.to_string()))?.is_file() {
        return Ok(vec![place.to_owned()]);
    }
    let mut found = Vec::new();
    for entry in std::fs::read_dir(place).map_err(|error| bad(error.to_string()))? {
        let path = entry.map_err(|error| bad(error.to_string()))?.path();
        if path.is_file() && path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("csv")) {
            found.push(path);
        }
    }
    match found.len() {
        0 => return Err(bad("there is no file .csv in it".to_owned())),
        count if count > FILES_MAX => return Err(bad(format!("there are more than {FILES_MAX} files .csv in it"))),
        _ => {}
    }
    found.sort_by_cached_key(|path| {
        let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let name = stem.trim_end_matches(|c: char| c.is_ascii_digit()).to_owned();
        let number: u64 = stem[name.len()..].parse().unwrap_or_default();
        (name, number, stem)
    });
    Ok(found)
}
