//! A letter before it is HTML or text: both are made from the same words, so they cannot say different things.

use crate::{clean, scene::Scene};

/// Items shown of a long order, so that a mail stays below what clients clip.
pub(crate) const ITEMS_SHOWN_MAX: usize = 30;

/// What a letter says.
pub(crate) struct Draft {
    pub(crate) subject: String,
    /// The line a mailbox shows after the subject.
    pub(crate) preheader: String,
    pub(crate) heading: String,
    /// "Hello Jon,"; none where it would be wrong: to staff, and above a shop's own words.
    pub(crate) greeting: Option<String>,
    pub(crate) blocks: Vec<Block>,
    /// Why the person gets this mail, as a whole sentence.
    pub(crate) because: String,
    /// JSON-LD for mail programs, safe inside a script element.
    pub(crate) structured: Option<String>,
}

impl Draft {
    /// A letter with the words of its kind: heading, `.subject` (which names the order itself) and `.preheader`.
    pub(crate) fn of(scene: &Scene, message: &str, blocks: Vec<Block>, because: &str) -> Self {
        Self {
            subject: clean::line(&scene.say(&format!("{message}.subject")), clean::SUBJECT_CHARS_MAX),
            preheader: scene.say(&format!("{message}.preheader")),
            heading: scene.say(message),
            greeting: Some(scene.greeting()),
            blocks,
            because: scene.say(because),
            structured: None,
        }
    }

    /// The same with the order's number in brackets after the subject.
    pub(crate) fn with_order_in_subject(self, scene: &Scene) -> Self {
        Self { subject: scene.subject(&self.subject), ..self }
    }
}

/// A piece of a letter.
pub(crate) enum Block {
    /// A paragraph.
    Say(String),
    /// A heading within the letter.
    Part(String),
    /// The link of the order, with what it does.
    Button(String),
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
    pub(crate) name: String,
    pub(crate) value: String,
}

impl Row {
    pub(crate) fn new(name: impl Into<String>, value: impl Into<String>) -> Self {
        Self { name: name.into(), value: value.into() }
    }
}

/// Items, bounded, with the words of their columns.
pub(crate) struct Items {
    pub(crate) items: Vec<Item>,
    /// "and 20 more items", when there are too many to show.
    pub(crate) more: Option<String>,
    /// Shipping, tax and the like.
    pub(crate) sums: Vec<Row>,
    /// What is paid in all, with its name.
    pub(crate) total: Option<Row>,
    /// "Item".
    pub(crate) column_item: String,
    /// "Quantity".
    pub(crate) column_quantity: String,
    /// "Paid".
    pub(crate) column_paid: String,
}

impl Items {
    /// Items without money.
    pub(crate) fn of(scene: &Scene, items: impl ExactSizeIterator<Item = Item>) -> Self {
        let beyond = items.len().saturating_sub(ITEMS_SHOWN_MAX);
        Self {
            items: items.take(ITEMS_SHOWN_MAX).collect(),
            more: (beyond > 0).then(|| scene.tongue.say("items-more", &[("n", beyond.into())])),
            sums: Vec::new(),
            total: None,
            column_item: scene.label("column-item"),
            column_quantity: scene.label("column-quantity"),
            column_paid: scene.label("column-paid"),
        }
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
