//! The pages of a shop that need no link: find my order, and the rules for returns.

use crate::frame::{Frame, Help};
use askama::Template;
use domain::{
    id::ShopId,
    policy::{Outcome, ReturnPolicy},
    settings::ShopSettings,
};
use letters::words;

/// A page of a shop with, perhaps, the form that asks for an order's link.
#[derive(Debug, Clone, Template)]
#[template(path = "find.html")]
pub struct FindPage {
    /// What surrounds it.
    pub frame: Frame,
    /// The shop's name.
    pub shop_name: String,
    /// Its title.
    pub title: &'static str,
    /// Its first sentences.
    pub lead: Vec<String>,
    /// The shop's rules, on the page about returns.
    pub rules: Vec<String>,
    /// The form.
    pub form: Option<FindForm>,
    /// How to reach a person.
    pub help: Help,
}

/// The form that asks for an order's link.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FindForm {
    /// Above it.
    pub title: &'static str,
    /// What will happen.
    pub how: &'static str,
    /// Where it is sent.
    pub action: String,
    /// What is wrong with what was typed.
    pub error: Option<&'static str>,
    /// The number as typed.
    pub number: String,
    /// The address as typed.
    pub email: String,
    /// Whether to mark the number.
    pub is_number_wrong: bool,
    /// Whether to mark the address.
    pub is_email_wrong: bool,
}

const HOW: &str = "We mail the link of your order to the address it was ordered with.";

impl FindPage {
    /// Find my order.
    #[must_use]
    pub fn track(shop: &ShopId, settings: &ShopSettings) -> Self {
        let form = FindForm { title: "Which order?", how: HOW, action: format!("/{shop}/track"), ..FindForm::default() };
        let lead = "See where your order is, what happens next, and return things.".to_owned();
        Self::new(settings, "Find your order", vec![lead], Some(form))
    }

    /// Find my order, once more, because something typed cannot be right.
    #[must_use]
    pub fn track_again(shop: &ShopId, settings: &ShopSettings, typed: FindForm) -> Self {
        let error = match (typed.is_number_wrong, typed.is_email_wrong) {
            (_, true) => "This is not a complete e-mail address. It should look like name@example.com.",
            (true, _) => "Please type the order number. It is in the message that confirmed your order.",
            (false, false) => "Please look at what you typed once more.",
        };
        let mut page = Self::track(shop, settings);
        page.form =
            page.form.map(|form| FindForm { title: form.title, how: form.how, action: form.action, error: Some(error), ..typed });
        page
    }

    /// The answer to everybody who asked, whether or not there is such an order.
    #[must_use]
    pub fn mailed(settings: &ShopSettings) -> Self {
        let lead = vec![
            "If an order matches, we have just mailed its link to the address on the order.".to_owned(),
            "Nothing there after a few minutes? Look among the junk mail, check the number and the address, or talk to a person. \
             For safety we send only a few links for one order in a day."
                .to_owned(),
        ];
        Self::new(settings, "Look into your mail", lead, None)
    }

    /// The rules for returns and how to begin.
    #[must_use]
    pub fn returns(shop: &ShopId, settings: &ShopSettings) -> Self {
        let form = FindForm { title: "Begin a return", how: HOW, action: format!("/{shop}/track"), ..FindForm::default() };
        let lead = "Open your order with the link in any of our messages and choose “Return something”. No link at hand? Let us mail it to you.";
        let mut page = Self::new(settings, "Returns", vec![lead.to_owned()], Some(form));
        page.rules = rules(&settings.returns);
        page
    }

    fn new(settings: &ShopSettings, title: &'static str, lead: Vec<String>, form: Option<FindForm>) -> Self {
        let frame = Frame::of(settings);
        let shop_name = frame.shop.as_ref().map(|shop| shop.name.clone()).unwrap_or_default();
        Self { frame, shop_name, title, lead, rules: Vec::new(), form, help: Help::of(settings) }
    }
}

fn rules(policy: &ReturnPolicy) -> Vec<String> {
    let mut out = vec![match policy.window_days {
        0 => "You can ask for a return on the day your order arrives.".to_owned(),
        1 => "You can ask for a return on the day your order arrives and on the day after.".to_owned(),
        days => format!("You can ask for a return until {days} days after your order has arrived. The last day counts."),
    }];
    out.push(
        match (policy.outcomes.contains(&Outcome::Refund), policy.outcomes.contains(&Outcome::Exchange)) {
            (true, true) => "You choose whether you would like your money back or an exchange.",
            (true, false) => "You get your money back.",
            (false, true) => "You get an exchange.",
            (false, false) => "Returns are agreed with a person of the shop, not on this page.",
        }
        .to_owned(),
    );
    out.push(
        "Things sold as final sale cannot come back. Your order’s page shows which ones they are before you ask.".to_owned(),
    );
    let mut looked_at: Vec<String> = policy.ask_person_for.iter().map(|reason| words::reason(*reason).to_lowercase()).collect();
    if policy.ask_person_above_minor.is_some() {
        looked_at.push("larger amounts".to_owned());
    }
    out.push(match looked_at.as_slice() {
        [] => "Most requests are answered at once.".to_owned(),
        some => format!("Most requests are answered at once. A person looks first at these: {}.", some.join(", ")),
    });
    out
}
