//! The small pages: which shop, and notices of one sentence.

use askama::Template;
use domain::id::ShopId;
use windows::answer::Answer;

/// The one style sheet of the console.
pub const STYLE: &str = include_str!("../templates/style.css");

/// Look there now (303), so that loading the page again sends no form again. It has the headers of every page of the console.
#[must_use]
pub fn see(location: &str) -> Answer {
    Answer::page(303, STYLE, Ok(String::new())).with("location", location)
}

/// Asks which shop.
#[derive(Debug, Clone, Copy, Template)]
#[template(path = "choose.html")]
pub struct ChoosePage {
    /// What was typed cannot be a shop's name.
    pub mistyped: bool,
}

impl ChoosePage {
    /// The page.
    #[must_use]
    pub fn answer(self, status: u16) -> Answer {
        Answer::page(status, STYLE, self.render())
    }
}

/// One thing to say, and a way back.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "notice.html")]
pub struct Notice {
    title: &'static str,
    line: &'static str,
    back: Option<String>,
}

impl Notice {
    fn new(title: &'static str, line: &'static str) -> Self {
        Self { title, line, back: None }
    }

    fn back_to(shop: &ShopId, title: &'static str, line: &'static str) -> Self {
        Self { title, line, back: Some(format!("/console/{shop}")) }
    }

    /// The page.
    #[must_use]
    pub fn answer(&self, status: u16) -> Answer {
        Answer::page(status, STYLE, self.render())
    }

    /// No password, or not the right one.
    #[must_use]
    pub fn shut() -> Self {
        let line = "This page opens with a password of the shop. It is set in the deployment's secret; any user name will do.";
        Self { title: "Please sign in", line, back: Some("/console".to_owned()) }
    }

    /// Something behind the page does not answer.
    #[must_use]
    pub fn later() -> Self {
        Self::new("Please try again in a minute", "The page cannot be shown just now. Nothing is lost.")
    }

    /// No page of ours.
    #[must_use]
    pub fn nowhere() -> Self {
        Self { title: "There is no such page", line: "Check the address, or choose a shop.", back: Some("/console".to_owned()) }
    }

    /// A page without this method.
    #[must_use]
    pub fn not_allowed() -> Self {
        Self {
            title: "This cannot be done here",
            line: "Open the console and use its buttons.",
            back: Some("/console".to_owned()),
        }
    }

    /// A body beyond the bound.
    #[must_use]
    pub fn too_large() -> Self {
        Self { title: "That was too much text", line: "Nothing was sent. Please shorten it.", back: Some("/console".to_owned()) }
    }

    /// A body that is no form.
    #[must_use]
    pub fn not_a_form(shop: &ShopId) -> Self {
        Self::back_to(shop, "Nothing was sent", "That was not a form of this page.")
    }

    /// A form of another site, another return or another day.
    #[must_use]
    pub fn foreign_form(shop: &ShopId) -> Self {
        Self::back_to(
            shop,
            "Nothing was sent",
            "The form was too old or did not come from this page. Open the list again and answer there.",
        )
    }

    /// A no without a reason.
    #[must_use]
    pub fn no_reason(shop: &ShopId) -> Self {
        Self::back_to(
            shop,
            "Please say why",
            "A declined return needs a reason in words: the customer reads it. Nothing was sent.",
        )
    }

    /// A reason beyond the bound.
    #[must_use]
    pub fn reason_too_long(shop: &ShopId) -> Self {
        Self::back_to(
            shop,
            "That reason is too long",
            "It may have 1,000 characters. Nothing was sent; go back in your browser to shorten it.",
        )
    }

    /// Neither yes nor no.
    #[must_use]
    pub fn no_answer(shop: &ShopId) -> Self {
        Self::back_to(shop, "Nothing was sent", "Choose to approve or to decline the return.")
    }
}
