//! The preference page as people see it: in every language, after everything they may have done.

#![expect(clippy::unwrap_used, reason = "in a test a failing unwrap is the report")]

mod html;
mod scenes;

use customer_pages::preferences::{
    chooser::Chooser,
    draft::{Draft, Problem},
    page::{Just, OneClickPage},
};
use domain::{locale::Locale, preference::Preferences};
use html::{HOSTILE, assert_harmless, assert_told_apart, body, compressed, keep};
use scenes::{TOKEN, choosers::*, new_order};
use windows::form::Form;

fn in_language(locale: Locale, mut chooser: Chooser) -> Chooser {
    chooser.settings.brand.language = locale;
    let chosen = chooser.recipient.preferences.take();
    chooser.recipient.preferences = chosen.map(|chosen| Preferences { language: Some(locale), ..chosen });
    chooser
}

/// A form with something wrong in every field that can be wrong.
fn wrong(chooser: &Chooser) -> Just {
    let fields = "news.email=1&language=tlh&quiet=1&quiet_from=25:00&quiet_until=&pause=2020-01-01";
    let draft = Draft::read(chooser, &Form::read(fields.as_bytes())).chosen(chooser).unwrap_err();
    assert_eq!(draft.problems.values().filter(|problem| **problem == Problem::Time).count(), 2);
    Just::Lacks(*draft)
}

fn noted(chooser: &Chooser) -> Just {
    let chosen = chooser_with_choices().chosen();
    let language = Some(chooser.locale());
    Just::Noted(Preferences { language, ..chosen }, format!("/p/{TOKEN}?saved=1#said"))
}

fn every_page() -> Vec<(String, String)> {
    use askama::Template as _;
    let mut pages = vec![
        ("preferences_saved".to_owned(), preferences_html(&chooser_with_choices(), Just::Saved)),
        ("preferences_foreign".to_owned(), preferences_html(&chooser(), Just::Foreign)),
        ("preferences_unsubscribing".to_owned(), preferences_html(&chooser_with_choices(), Just::Unsubscribing)),
        ("preferences_without_phone".to_owned(), preferences_html(&chooser_without_phone(), Just::Opened)),
        ("preferences_one_click".to_owned(), OneClickPage::ended(&chooser(), TOKEN).render().unwrap()),
        ("preferences_not_one_click".to_owned(), OneClickPage::refused(&chooser(), TOKEN).render().unwrap()),
    ];
    let nobody = Chooser { order: new_order(), ..chooser() };
    pages.push(("preferences_nobody".to_owned(), preferences_html(&nobody, Just::Opened)));
    for locale in Locale::ALL {
        let (fresh, troubled) = (in_language(locale, chooser()), in_language(locale, chooser_with_choices()));
        let code = locale.code();
        pages.push((format!("preferences_{code}"), preferences_html(&fresh, Just::Opened)));
        pages.push((format!("preferences_{code}_troubled"), preferences_html(&troubled, Just::Opened)));
        pages.push((format!("preferences_{code}_wrong"), preferences_html(&fresh, wrong(&fresh))));
        pages.push((format!("preferences_{code}_noted"), preferences_html(&fresh, noted(&fresh))));
    }
    pages
}

#[test]
fn every_state_has_its_page() {
    for (name, html) in every_page() {
        keep(&name, &html);
        insta::assert_snapshot!(name, body(&html));
    }
}

#[test]
fn every_page_is_short_and_needs_nobody_else() {
    for (name, html) in every_page() {
        let bytes = compressed(&html);
        println!("{name}: {bytes} bytes compressed of {}", html.len());
        assert!(bytes <= 14 * 1024, "{name}: {bytes} bytes");
        assert_harmless(&html, &name);
        assert_told_apart(&html);
        assert!(!html.contains("ines@doe.example") && !html.contains("17612345678"), "{name} shows a whole address");
    }
}

#[test]
fn a_page_says_in_which_language_it_is() {
    for locale in Locale::ALL {
        let html = preferences_html(&in_language(locale, chooser()), Just::Opened);
        assert!(html.contains(&format!("<html lang=\"{}\">", locale.code())));
    }
    let mut chooser = chooser();
    chooser.order.report.as_mut().unwrap().customer.locale = Some("fr-CA".into());
    assert!(preferences_html(&chooser, Just::Opened).contains("<html lang=\"fr\">"), "that of the order");
    chooser.recipient.preferences = Some(Preferences { language: Some(Locale::Es), ..Preferences::untouched() });
    assert!(preferences_html(&chooser, Just::Opened).contains("<html lang=\"es\">"), "that which was chosen");
}

#[test]
fn what_is_offered_is_what_the_shop_does_and_the_order_allows() {
    let html = preferences_html(&chooser(), Just::Opened);
    assert!(html.contains("name=\"news.email\" value=\"1\" checked>") && html.contains("name=\"news.sms\" value=\"1\" checked>"));
    assert!(!html.contains("news.whatsapp") && !html.contains("Stop the offers"));
    let html = preferences_html(&chooser_without_phone(), Just::Opened);
    for channel in ["sms", "whatsapp"] {
        let field = format!("name=\"news.{channel}\" value=\"1\" disabled aria-describedby=\"no-{channel}\">");
        assert!(html.contains(&field), "{field}");
    }
    assert!(html.contains("there is no phone number with this order"));
    let html = preferences_html(&Chooser { order: new_order(), ..chooser() }, Just::Opened);
    assert!(!html.contains("<form") && html.contains("neither an e-mail address nor a phone number"));
}

#[test]
fn what_was_filled_in_is_shown_again() {
    let html = preferences_html(&chooser(), wrong(&chooser()));
    for part in [
        "<option selected>25:00</option>",
        "<a href=\"#quiet_until\">Until</a>: Please choose a time",
        "id=\"quiet_from\" name=\"quiet_from\" aria-invalid=\"true\" aria-describedby=\"quiet_from-problem\"",
        "value=\"2020-01-01\"",
        "name=\"news.sms\" value=\"1\">",
    ] {
        assert!(html.contains(part), "{part} is not in {html}");
    }
}

#[test]
fn no_text_of_others_becomes_more_than_text() {
    for text in HOSTILE {
        let mut chooser = chooser_with_choices();
        let brand = &mut chooser.settings.brand;
        brand.name = text.into();
        brand.colour = text.into();
        for field in [&mut brand.shop_url, &mut brand.support_email, &mut brand.support_phone, &mut brand.support_hours] {
            *field = Some(text.into());
        }
        let typed = windows::form::encoded([("quiet", "1"), ("quiet_from", text), ("quiet_until", text), ("pause", text)]);
        let draft = Draft::read(&chooser, &Form::read(typed.as_bytes())).chosen(&chooser).unwrap_err();
        for just in [Just::Opened, Just::Unsubscribing, Just::Lacks(*draft), noted(&chooser)] {
            assert_harmless(&preferences_html(&chooser, just), text);
        }
    }
}
