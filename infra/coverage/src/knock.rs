//! The bytes of a fuzz input: put together by the seeds, taken apart by the targets in `infra/fuzz`.

use crate::Source;
use carriers::CarrierSource;
use storefronts::Storefront;

/// The source that a byte chooses, by its row in the table.
#[must_use]
pub fn carrier(choice: u8) -> CarrierSource {
    CarrierSource::ALL[usize::from(choice) % CarrierSource::ALL.len()]
}

/// The storefront that a byte chooses, by its row in the table.
#[must_use]
pub fn storefront(choice: u8) -> Storefront {
    Storefront::ALL[usize::from(choice) % Storefront::ALL.len()]
}

/// The byte that chooses a source.
fn choice(source: Source) -> u8 {
    let row = match source {
        Source::Carrier(source) => CarrierSource::ALL.iter().position(|row| *row == source),
        Source::Storefront(source) => Storefront::ALL.iter().position(|row| *row == source),
    };
    row.and_then(|row| u8::try_from(row).ok()).unwrap_or_default()
}

/// A body for a reader: a byte for the source, a byte for the topic, and the body.
#[derive(Debug, Clone, Copy)]
pub struct Reading<'a> {
    /// Chooses the source.
    pub choice: u8,
    topic: u8,
    /// What is read.
    pub body: &'a [u8],
}

impl<'a> Reading<'a> {
    /// Takes an input apart.
    #[must_use]
    pub fn of(input: &'a [u8]) -> Option<Self> {
        let ([choice, topic], body) = input.split_first_chunk()?;
        Some(Self { choice: *choice, topic: *topic, body })
    }

    /// The topic that is said in a header: one of the source's, or none.
    #[must_use]
    pub fn topic(&self, source: Source) -> &'static str {
        let topics = source.topics();
        topics.get(usize::from(self.topic) % (topics.len() + 1)).map_or("", |topic| topic.name)
    }
}

/// The input that [`Reading::of`] takes apart.
#[must_use]
pub fn reading(source: Source, topic: &str, body: &[u8]) -> Vec<u8> {
    let topics = source.topics();
    let topic = topics.iter().position(|known| known.name == topic).unwrap_or(topics.len());
    [&[choice(source), u8::try_from(topic).unwrap_or_default()], body].concat()
}

/// A call of a door: bytes for the source and for a change that is made to what is signed, the query of the address in a line,
/// a header in each line, an empty line, the body.
#[derive(Debug, Clone)]
pub struct Knock<'a> {
    /// Chooses the source.
    pub choice: u8,
    /// Where something is changed.
    pub change_at: usize,
    /// How: these bits are turned.
    pub change: u8,
    /// What stands after `?`.
    pub query: &'a str,
    /// Names and values.
    pub headers: Vec<(&'a str, &'a str)>,
    /// The body.
    pub body: &'a [u8],
}

impl<'a> Knock<'a> {
    /// Takes an input apart.
    #[must_use]
    pub fn of(input: &'a [u8]) -> Option<Self> {
        let ([choice, high, low, change], rest) = input.split_first_chunk()?;
        let end = rest.windows(2).position(|pair| pair == b"\n\n")?;
        let (head, body) = (rest.get(..end)?, rest.get(end + 2..)?);
        let mut lines = std::str::from_utf8(head).ok()?.split('\n');
        let query = lines.next().unwrap_or_default();
        let headers = lines.filter_map(|line| line.split_once(": ")).collect();
        Some(Self { choice: *choice, change_at: u16::from_be_bytes([*high, *low]).into(), change: *change, query, headers, body })
    }
}

/// The input that [`Knock::of`] takes apart.
#[must_use]
pub fn knock(source: Source, query: &str, headers: &[(&str, String)], body: &[u8]) -> Vec<u8> {
    let lines: String = headers.iter().map(|(name, value)| format!("\n{name}: {value}")).collect();
    [&[choice(source), 0, 7, 1], format!("{query}{lines}\n\n").as_bytes(), body].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_put_together_is_taken_apart() {
        for source in Source::all() {
            let topic = source.topics().last().map_or("", |topic| topic.name);
            let input = reading(source, topic, b"{}");
            let read = Reading::of(&input).unwrap();
            assert_eq!((read.topic(source), read.body), (topic, &b"{}"[..]));
            let input = knock(source, "a=b", &[("x-one", "1: 2".to_owned())], b"\n\n{}");
            let knock = Knock::of(&input).unwrap();
            assert_eq!((knock.query, knock.headers, knock.body), ("a=b", vec![("x-one", "1: 2")], &b"\n\n{}"[..]));
            match source {
                Source::Carrier(carrier_source) => assert_eq!(carrier(knock.choice), carrier_source),
                Source::Storefront(shop) => assert_eq!(storefront(knock.choice), shop),
            }
        }
        assert!(Reading::of(b"1").is_none() && Knock::of(b"1234 no end").is_none());
    }
}
