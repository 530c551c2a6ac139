//! The plain-text part: the same words, readable by themselves.

use crate::{
    draft::{Block, Draft, Items, Row},
    html::{Footer, Promoted},
    scene::Scene,
};

/// The widest column of names; a longer name pushes its own value only.
const NAME_WIDTH_MAX: usize = 30;

/// The draft as plain text.
pub(crate) fn render(scene: &Scene, draft: &Draft) -> String {
    let colon = scene.tongue.say("colon", &[]);
    let mut out = draft.greeting.clone().unwrap_or_default();
    let mut gap = if out.is_empty() { "" } else { "\n\n" };
    for block in &draft.blocks {
        out.push_str(gap);
        // A part's title stands right above what it names.
        gap = if matches!(block, Block::Part(_)) { "\n" } else { "\n\n" };
        out.push_str(&match block {
            Block::Say(text) => text.clone(),
            Block::Part(title) => title.to_uppercase(),
            Block::Button(label) => format!("{label}{colon}\n{}", scene.facts.link),
            Block::Rows(rows) => aligned(rows, &colon),
            Block::Items(items) => listed(items, &colon),
            Block::Envelope(lines) => lines.iter().map(|line| format!("  {line}")).collect::<Vec<_>>().join("\n"),
            Block::Notice { title, body } => format!("{}\n{body}", title.to_uppercase()),
            Block::Points(points) => points.iter().map(|point| format!("- {point}")).collect::<Vec<_>>().join("\n"),
        });
    }
    // "-- " on a line of its own begins a signature (RFC 3676).
    out.push_str("\n\n-- \n");
    out.push_str(&scene.shop);
    for line in Footer::of(scene).lines() {
        out.push('\n');
        out.push_str(&line);
    }
    out.push_str("\n\n");
    out.push_str(&draft.because);
    out.push('\n');
    if let Some(link) = scene.facts.preferences_link {
        out.push_str(&format!("{}{colon} {link}\n", scene.tongue.label("preferences")));
    }
    if let Some(promoted) = Promoted::of(scene) {
        out.push_str(&format!("\n{} {}\n{}\n", promoted.from, promoted.text, promoted.link));
    }
    out
}

fn listed(items: &Items, colon: &str) -> String {
    let mut lines: Vec<String> = items
        .items
        .iter()
        .map(|item| {
            let detail = item.detail.as_ref().map(|detail| format!(" ({detail})")).unwrap_or_default();
            let paid = item.paid.as_ref().map(|paid| format!("{colon} {paid}")).unwrap_or_default();
            format!("- {} x {}{detail}{paid}", item.quantity, item.title)
        })
        .collect();
    lines.extend(items.more.iter().map(|more| format!("- {more}")));
    let mut sums: Vec<Row> = items.sums.iter().map(|row| Row::new(row.name.clone(), row.value.clone())).collect();
    sums.extend(items.total.iter().map(|total| Row::new(total.name.clone(), total.value.clone())));
    if !sums.is_empty() {
        lines.push(String::new());
        // Amounts stand right under each other.
        let width = sums.iter().map(|row| row.value.chars().count()).max().unwrap_or(0);
        sums.iter_mut().for_each(|row| row.value = format!("{:>width$}", row.value));
        lines.push(aligned(&sums, colon));
    }
    lines.join("\n")
}

/// Names and values in two columns.
fn aligned(rows: &[Row], colon: &str) -> String {
    let width = rows.iter().map(|row| row.name.chars().count()).max().unwrap_or(0).min(NAME_WIDTH_MAX) + colon.chars().count();
    rows.iter().map(|row| format!("{:width$} {}", format!("{}{colon}", row.name), row.value)).collect::<Vec<_>>().join("\n")
}
