//! Short pages that say one thing. Those about links and shops never tell which one was asked for.

use crate::frame::Frame;
use askama::Template;
use domain::settings::ShopSettings;
use windows::answer::Answer;

#[derive(Template)]
#[template(path = "notice.html")]
struct Notice<'a> {
    frame: Frame,
    title: &'static str,
    lines: &'a [&'static str],
    back: Option<String>,
}

fn notice(status: u16, title: &'static str, lines: &[&'static str]) -> Answer {
    let frame = Frame::house();
    let style = frame.style.clone();
    Answer::page(status, style.css(), Notice { frame, title, lines, back: None }.render())
}

/// Which form of an order's page a notice is about: it leads back there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Of {
    /// The return form.
    Returns,
    /// A form that answers trouble.
    Answers,
}

fn about_form(
    status: u16,
    settings: &ShopSettings,
    (token, of): (&str, Of),
    title: &'static str,
    lines: &[&'static str],
) -> Answer {
    let frame = Frame::of(settings);
    let style = frame.style.clone();
    let place = match of {
        Of::Returns => "returns",
        Of::Answers => "answers",
    };
    Answer::page(status, style.css(), Notice { frame, title, lines, back: Some(format!("/o/{token}#{place}")) }.render())
}

/// Nothing is here: the same for a link that is wrong, expired, revoked or of nothing, and for a shop that does not exist.
#[must_use]
pub fn nowhere() -> Answer {
    notice(
        404,
        "There is nothing here",
        &[
            "If you followed a link to an order, it is incomplete, too old, or was replaced by a newer one.",
            "Please use the link in the newest message you have about your order, or ask the shop for a new one.",
        ],
    )
}

/// The same for those who asked for JSON.
#[must_use]
pub fn nowhere_json() -> Answer {
    Answer::json(404, "{\"error\":\"there is nothing here\"}".to_owned())
}

/// This page cannot be asked so.
#[must_use]
pub fn not_allowed(allow: &'static str) -> Answer {
    notice(405, "This page does not work that way", &["Please go back and try the link or the button again."])
        .with("allow", allow)
}

/// More was sent than any form of ours holds.
#[must_use]
pub fn too_large() -> Answer {
    notice(413, "That was too much", &["The form was larger than we can read. Please shorten what you wrote and send it again."])
}

/// Something failed behind the page; the same request may work in a moment.
#[must_use]
pub fn later() -> Answer {
    notice(
        503,
        "We cannot look this up right now",
        &["Nothing is lost. Please try again in a minute.", "If you have just sent a form, sending it once more is safe."],
    )
    .with("retry-after", "30")
}

/// A form that was sent from elsewhere, or with a nonce that is not of this page.
#[must_use]
pub fn foreign_form(settings: &ShopSettings, token: &str, of: Of) -> Answer {
    about_form(
        403,
        settings,
        (token, of),
        "This form is out of date",
        &[
            "Nothing was sent. Something has changed since the form was shown, or it was not opened on this page. Please fill it in once more.",
        ],
    )
}

/// A form that was used before with other content.
#[must_use]
pub fn used_form(settings: &ShopSettings, token: &str, of: Of) -> Answer {
    about_form(
        409,
        settings,
        (token, of),
        "You have sent this form before",
        &["Your first request stands. What you changed since was not sent: please look at your order and fill in a new form."],
    )
}

/// An answer to trouble that is over, or to other trouble than there is now.
#[must_use]
pub fn not_offered(settings: &ShopSettings, token: &str) -> Answer {
    about_form(
        409,
        settings,
        (token, Of::Answers),
        "This can no longer be chosen",
        &["Nothing was sent: there is newer news about your parcel. Please look at your order once more."],
    )
}

/// More answers than are kept of one order.
#[must_use]
pub fn too_many_answers(settings: &ShopSettings, token: &str) -> Answer {
    about_form(
        409,
        settings,
        (token, Of::Answers),
        "Please talk to a person",
        &["Nothing was sent: this order has as many answers as this page takes. How to reach the shop is on your order’s page."],
    )
}
