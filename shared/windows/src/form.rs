//! What a form or a query says, read within bounds. Any bytes are some form.

use std::borrow::Cow;

/// The longest form that is read: 100 lines with quantity, reason and the longest ids stay below it.
pub const FORM_BYTES_MAX: usize = 16 * 1024;
/// Fields that are kept; the rest is not looked at.
const FIELDS_MAX: usize = 512;

/// The first value of this name in `application/x-www-form-urlencoded`, as it was sent.
#[must_use]
pub fn value<'a>(encoded: &'a [u8], name: &str) -> Option<Cow<'a, str>> {
    form_urlencoded::parse(encoded).find(|(field, _)| field == name).map(|(_, value)| value)
}

/// Fields as a form or a query sends them.
#[must_use]
pub fn encoded<'a>(fields: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}

/// The fields of a form, in the order sent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Form(Vec<(String, String)>);

impl Form {
    /// Reads `application/x-www-form-urlencoded`.
    #[must_use]
    pub fn read(body: &[u8]) -> Self {
        Self(form_urlencoded::parse(body).take(FIELDS_MAX).map(|(name, value)| (name.into_owned(), value.into_owned())).collect())
    }

    /// The first field of this name, without white space around it; empty when there is none.
    #[must_use]
    pub fn field(&self, name: &str) -> &str {
        self.0.iter().find(|(field, _)| field == name).map_or("", |(_, value)| value.trim())
    }

    /// The fields whose names begin so, with the rest of their names.
    pub fn fields(&self, prefix: &str) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().filter_map(move |(name, value)| name.strip_prefix(prefix).map(|rest| (rest, value.trim())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_of_a_name_counts() {
        let body = b"q.2=+1+&name=%C3%A4+&q.1=2&name=second";
        assert_eq!(value(body, "name").as_deref(), Some("ä "));
        assert_eq!(value(body, "nothing"), None);
        let form = Form::read(body);
        assert_eq!(form.field("name"), "ä");
        assert_eq!(form.field("nothing"), "");
        assert_eq!(form.fields("q.").collect::<Vec<_>>(), [("2", "1"), ("1", "2")]);
    }

    #[test]
    fn what_is_encoded_is_read_again() {
        let fields = [("a", "1 & 2 = ü\n"), ("b.c", "")];
        let text = encoded(fields);
        assert_eq!(text, "a=1+%26+2+%3D+%C3%BC%0A&b.c=");
        assert_eq!(value(text.as_bytes(), "a").as_deref(), Some(fields[0].1));
    }

    #[test]
    fn a_form_of_many_fields_is_read_to_its_bound() {
        let form = Form::read("f=1&".repeat(FIELDS_MAX + 1).as_bytes());
        assert_eq!(form.fields("f").count(), FIELDS_MAX);
    }
}
