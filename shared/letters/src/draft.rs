//! A letter before it is HTML or text: both are made from the same words, so they cannot say different things.

/// Items shown of a long order, so that a mail stays below what clients clip.
pub(crate) const ITEMS_SHOWN_MAX: usize = 30;

/// What a letter says.
pub(crate) struct Draft {
    pub(crate) subject: String,
    /// The line a mailbox shows after the subject.
    pub(crate) preheader: String,
    pub(crate) heading: String,
    pub(crate) blocks: Vec<Block>,
    /// Why the person gets this mail, as a whole sentence.
    pub(crate) because: String,
    /// JSON-LD for mail programs, safe inside a script element.
    pub(crate) structured: Option<String>,
}

/// A piece of a letter.
pub(crate) enum Block {
    /// A paragraph.
    Say(String),
    /// A heading within the letter.
    Part(&'static str),
    /// The link of the order, with what it does.
    Button(&'static str),
    /// What is known, as names and values.
    Rows(Vec<Row>),
    /// Items, with what was paid where that matters.
    Items(Items),
    /// Lines of an envelope.
    Envelope(Vec<String>),
    /// Something that must not be overlooked.
    Notice { title: String, body: String },
    /// Several points.
    Points(Vec<String>),
}

/// A name and a value.
pub(crate) struct Row {
    pub(crate) name: &'static str,
    pub(crate) value: String,
}

impl Row {
    pub(crate) fn new(name: &'static str, value: impl Into<String>) -> Self {
        Self { name, value: value.into() }
    }
}

/// Items, bounded.
pub(crate) struct Items {
    pub(crate) items: Vec<Item>,
    /// "and 20 more items", when there are too many to show.
    pub(crate) more: Option<String>,
    /// Shipping, tax and the like.
    pub(crate) sums: Vec<Row>,
    /// What is paid in all.
    pub(crate) total: Option<String>,
}

impl Items {
    /// Items without money.
    pub(crate) fn of(items: impl ExactSizeIterator<Item = Item>) -> Self {
        let beyond = items.len().saturating_sub(ITEMS_SHOWN_MAX);
        let more = match beyond {
            0 => None,
            1 => Some("and 1 more item".to_owned()),
            n => Some(format!("and {n} more items")),
        };
        Self { items: items.take(ITEMS_SHOWN_MAX).collect(), more, sums: Vec::new(), total: None }
    }
}

/// One item.
pub(crate) struct Item {
    pub(crate) quantity: u32,
    pub(crate) title: String,
    /// Variant, reason: small print beside the title.
    pub(crate) detail: Option<String>,
    /// What was paid for all of them.
    pub(crate) paid: Option<String>,
}
