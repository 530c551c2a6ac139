//! The pages in a real browser: a phone's width, no scripts, a keyboard alone, light and dark.

use house::{
    browser::{Browser, key},
    http,
    stack::{self, Stack},
    story::Story,
};
use serde_json::{Value as Json, json};

const BOOTS: &str = "7829015736205160449";

/// What is wrong with a page for people: one line each.
const AUDIT: &str = r#"
const wrong = [];
const seen = el => { const r = el.getBoundingClientRect(); const s = getComputedStyle(el); return r.width > 1 && r.height > 1 && s.visibility !== 'hidden'; };
const told = el => el.outerHTML.slice(0, 120).replace(/\s+/g, ' ');
if (!document.documentElement.lang) wrong.push('no lang');
if (!document.title.trim()) wrong.push('no title');
if (document.querySelectorAll('h1').length !== 1) wrong.push(document.querySelectorAll('h1').length + ' h1');
if (document.querySelectorAll('main').length !== 1) wrong.push('not one main');
let level = 1;
for (const h of document.querySelectorAll('h1,h2,h3,h4,h5,h6')) {
  const n = Number(h.tagName[1]);
  if (n > level + 1) wrong.push('h' + n + ' after h' + level + ': ' + h.textContent.trim());
  level = n;
}
const ids = [...document.querySelectorAll('[id]')].map(el => el.id);
for (const id of ids) if (ids.indexOf(id) !== ids.lastIndexOf(id)) wrong.push('id twice: ' + id);
for (const el of document.querySelectorAll('[aria-labelledby],[aria-describedby]'))
  for (const id of ((el.getAttribute('aria-labelledby') || '') + ' ' + (el.getAttribute('aria-describedby') || '')).trim().split(/\s+/))
    if (!document.getElementById(id)) wrong.push('points to nothing: ' + told(el));
for (const el of document.querySelectorAll('input:not([type=hidden]),select,textarea'))
  if (!(el.labels && el.labels.length && el.labels[0].textContent.trim()) && !el.getAttribute('aria-label')) wrong.push('no label: ' + told(el));
for (const el of document.querySelectorAll('a,button,summary')) if (!el.textContent.trim() && !el.getAttribute('aria-label')) wrong.push('no name: ' + told(el));
for (const el of document.querySelectorAll('img')) if (!el.hasAttribute('alt')) wrong.push('no alt: ' + told(el));
for (const el of document.querySelectorAll('button,summary,select,input:not([type=hidden]):not([type=checkbox]):not([type=radio])'))
  if (seen(el) && el.getBoundingClientRect().height < 24) wrong.push('too small to touch: ' + told(el));

const canvas = document.createElement('canvas'); canvas.width = canvas.height = 1;
const pen = canvas.getContext('2d', { willReadFrequently: true });
const rgba = colour => { pen.clearRect(0, 0, 1, 1); pen.fillStyle = colour; pen.fillRect(0, 0, 1, 1); return [...pen.getImageData(0, 0, 1, 1).data]; };
const ground = el => { for (let at = el; at; at = at.parentElement) { const c = rgba(getComputedStyle(at).backgroundColor); if (c[3] > 250) return c; } return matchMedia('(prefers-color-scheme: dark)').matches ? [18, 18, 18, 255] : [255, 255, 255, 255]; };
const light = c => { const [r, g, b] = c.map(v => { v /= 255; return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; }); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
const low = new Set();
while (walker.nextNode()) {
  const el = walker.currentNode.parentElement;
  if (!walker.currentNode.textContent.trim() || ['STYLE', 'SCRIPT', 'OPTION', 'SYMBOL'].includes(el.tagName) || !seen(el)) continue;
  const s = getComputedStyle(el); const a = light(rgba(s.color)), b = light(ground(el));
  const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  const px = parseFloat(s.fontSize); const large = px >= 24 || (px >= 18.66 && Number(s.fontWeight) >= 700);
  if (ratio < (large ? 3 : 4.5)) low.add('contrast ' + ratio.toFixed(2) + ': ' + told(el));
}
wrong.push(...low);
return wrong;
"#;

/// What is wider than the window, if the page scrolls sideways.
const SIDEWAYS: &str = r"
if (document.documentElement.scrollWidth <= document.documentElement.clientWidth) return [];
return ['the page is ' + document.documentElement.scrollWidth + ' wide'].concat([...document.body.querySelectorAll('*')]
  .filter(el => el.getBoundingClientRect().right > document.documentElement.clientWidth + 1 && getComputedStyle(el).position !== 'absolute').slice(0, 5).map(el => el.outerHTML.slice(0, 150)));
";

/// Whether what has the focus can be seen to have it.
const FOCUS: &str = r"
const s = getComputedStyle(document.activeElement);
const ring = (s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) > 0) || s.boxShadow !== 'none';
return { tag: document.activeElement.tagName, html: document.activeElement.outerHTML.slice(0, 120), ring };
";

fn picture(browser: &Browser, name: &str) {
    let folder = stack::screenshots();
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join(format!("{name}.png")), browser.picture()).unwrap();
}

/// What is checked of a page as it stands.
#[track_caller]
fn sound(browser: &Browser, name: &str) {
    let wide = browser.run(SIDEWAYS);
    assert_eq!(wide, json!([]), "{name} scrolls sideways");
    let wrong = browser.run(AUDIT);
    assert_eq!(wrong, json!([]), "{name}: {wrong:#}");
}

/// Everything that is checked of every page.
#[track_caller]
fn check(browser: &Browser, name: &str, url: &str) {
    for scheme in ["light", "dark"] {
        browser.scheme(scheme);
        for width in [390, 320] {
            browser.phone(width);
            browser.visit(url);
            picture(browser, &format!("{name}-{width}-{scheme}"));
            // What is folded away is looked at too.
            let _opened = browser.run("document.querySelectorAll('details').forEach(el => el.open = true)");
            sound(browser, &format!("{name} at {width} px, {scheme}"));
        }
        picture(browser, &format!("{name}-open-{scheme}"));
    }
    browser.phone(1280);
    browser.visit(url);
    assert_eq!(browser.run(SIDEWAYS), json!([]), "{name} scrolls sideways on a desk");
    picture(browser, &format!("{name}-1280"));
}

#[track_caller]
fn quiet_and_at_home(browser: &Browser, stack: &Stack, name: &str) {
    let said = browser.console();
    assert!(said.is_empty(), "{name}: the console says {said:#?}");
    let asked = browser.asked_for();
    let here = stack.url.split_once("://").unwrap().1;
    let is_here = |url: &str| {
        url.split_once("://").is_some_and(|(_, rest)| rest.split('/').next().is_some_and(|host| host.ends_with(here)))
    };
    assert!(asked.iter().any(|url| is_here(url)), "{name}: nothing was seen: {asked:?}");
    let elsewhere: Vec<_> =
        asked.iter().filter(|url| !is_here(url) && !url.starts_with("data:") && !url.starts_with("about:")).collect();
    assert!(elsewhere.is_empty(), "{name} asks others: {elsewhere:?}");
}

#[test]
fn every_page_is_sound_on_a_phone_in_light_and_dark() {
    let stack = Stack::start();
    let story = Story::new(1);
    stack.deliver(&story.shopify()[..13]);
    stack.deliver(&story.woocommerce());
    stack.idle();
    let browser = Browser::open();
    // What the browser asks for while it starts is its own business.
    browser.visit("about:blank");
    let _started = (browser.console(), browser.asked_for());
    let password = stack.secret("console", "staff");
    let pages = [
        ("console", format!("{}/console/demo", stack.url.replace("://", &format!("://staff:{password}@")))),
        ("order", stack.link(&story.shopify_number())),
        ("order-damaged", stack.link(&story.woo_number())),
        ("track", format!("{}/demo/track", stack.url)),
        ("returns", format!("{}/demo/returns", stack.url)),
    ];
    for (name, url) in &pages {
        check(&browser, name, url);
        quiet_and_at_home(&browser, &stack, name);
    }
}

#[test]
fn an_unsound_page_would_be_seen() {
    let browser = Browser::open();
    browser.phone(320);
    let page = "<!doctype html><meta name=viewport content='width=device-width'><title></title><h3>Deep</h3><main></main><main></main><p id=a style='color:%23aaa'>pale</p><p id=a>b</p><input name=q><button></button>\
        <img src='data:,'><a aria-labelledby=z href='/'>x</a><button style='height:9px;padding:0;border:0'>y</button><div style='width:900px'>wide</div>";
    browser.visit(&format!("data:text/html,{page}"));
    let wrong = browser.run(AUDIT).to_string();
    let faults = [
        "no lang",
        "no title",
        "0 h1",
        "not one main",
        "h3 after h1",
        "id twice: a",
        "points to nothing",
        "no label",
        "no name",
        "no alt",
        "too small",
        "contrast 2.3",
    ];
    for fault in faults {
        assert!(wrong.contains(fault), "{fault} is not in {wrong}");
    }
    assert!(browser.run(SIDEWAYS).to_string().contains("wide"));
    let hidden = "<input style='outline:0' autofocus>";
    browser.visit(&format!("data:text/html,{hidden}"));
    browser.press(&[key::TAB]);
    assert_eq!(browser.run(FOCUS)["ring"], false);
    browser.visit("data:text/html,<script>console.error('spilt')</script>");
    assert!(browser.console().iter().any(|line| line.contains("spilt")));
}

#[test]
fn a_wrong_link_is_a_sound_page_too() {
    let stack = Stack::start();
    let browser = Browser::open();
    check(&browser, "nowhere", &format!("{}/o/AQEBZGVtbw", stack.url));
}

/// Presses tab until the focus is where a script says; each stop on the way must be visible.
#[track_caller]
fn tab_to(browser: &Browser, is_there: &str) {
    for _ in 0..80 {
        browser.press(&[key::TAB]);
        if browser.run(&format!("const it = document.activeElement; return Boolean({is_there});")) == json!(true) {
            let focus = browser.run(FOCUS);
            assert_eq!(focus["ring"], true, "the focus cannot be seen on {focus}");
            return;
        }
    }
    panic!("no tab leads to {is_there}");
}

#[test]
fn a_return_is_asked_for_with_a_keyboard_and_without_scripts() {
    let stack = Stack::start();
    let story = Story::new(2);
    stack.deliver(&story.delivered());
    stack.idle();
    let number = story.shopify_number();
    let browser = Browser::open();
    browser.phone(390);
    browser.scripts(false);
    browser.visit(&stack.link(&number));
    tab_to(&browser, "it.tagName === 'SUMMARY' && it.textContent.includes('Return')");
    browser.press(&[key::ENTER]);
    tab_to(&browser, &format!("it.name === 'q.{BOOTS}'"));
    if browser.run("return document.activeElement.type") == json!("checkbox") {
        browser.press(&[key::SPACE]);
    } else {
        browser.press(&[key::DOWN]);
    }
    tab_to(&browser, &format!("it.name === 'r.{BOOTS}'"));
    browser.press(&[key::DOWN]);
    let reason = browser.run("return document.activeElement.value");
    assert_ne!(reason, json!(""), "an arrow chooses a reason");
    tab_to(&browser, "it.name === 'outcome'");
    browser.press(&[key::SPACE]);
    tab_to(&browser, "it.tagName === 'TEXTAREA'");
    browser.press(&["H", "i"]);
    tab_to(&browser, "it.tagName === 'BUTTON'");
    browser.press(&[key::ENTER]);
    stack.until("the form to be sent", || browser.url().contains("asked=").then_some(()));
    stack.idle();
    browser.visit(&stack.link(&number));
    let returns = stack.facts(&number)["returns"].clone();
    assert_eq!((returns.as_array().map(Vec::len), &returns[0]["lines"][0]["reason"]), (Some(1), &reason), "{returns}");
    let shown = browser.run("return document.querySelector('main').innerText");
    let state: &Json = &returns[0]["state_words"];
    assert!(shown.as_str().is_some_and(|text| text.contains(state.as_str().unwrap())), "{state}: {shown}");
    picture(&browser, "order-returned-390");
    // Nothing on the page needed a script, and nothing tried to run one.
    assert!(!http::get(&stack.link(&number)).text().contains("<script"));
    assert!(browser.console().is_empty());
}

#[test]
fn trouble_is_answered_with_a_keyboard_and_without_scripts() {
    let stack = Stack::start();
    let (story, fresh, missed) = (Story::new(3), Story::new(4), Story::new(5));
    let attempted = [
        "shopify_orders_paid",
        "shopify_fulfillments_create_second",
        "shopify_fulfillments_update",
        "shippo_in_transit",
        "shippo_delivery_attempted",
    ];
    stack.deliver(&attempted.map(|file| story.event(file)));
    stack.deliver(&[fresh.event("shopify_orders_paid")]);
    stack.deliver(&missed.delivered());
    stack.idle();
    let number = story.shopify_number();
    let link = stack.link(&number);
    let browser = Browser::open();
    check(&browser, "order-attempted", &link);
    check(&browser, "order-fresh", &stack.link(&fresh.shopify_number()));
    // Each choice unfolds its own fields.
    for scheme in ["light", "dark"] {
        browser.scheme(scheme);
        browser.phone(320);
        for wish in ["another_day", "corrected_address", "neighbour"] {
            browser.visit(&link);
            let shown = browser.run(&format!(
                "document.querySelector('[value={wish}]').click(); \
                 return [...document.querySelectorAll('.more')].filter(el => el.getBoundingClientRect().height > 0).length"
            ));
            assert_eq!(shown, json!(1), "{wish} unfolds its own fields and no others");
            sound(&browser, &format!("order-attempted with {wish}, {scheme}"));
            picture(&browser, &format!("order-attempted-{wish}-{scheme}"));
        }
    }
    browser.phone(390);
    browser.scheme("light");
    browser.scripts(false);
    browser.visit(&link);
    // Nothing chosen to go with it: said, and kept.
    tab_to(&browser, "it.name === 'wish'");
    browser.press(&[key::SPACE]);
    assert_eq!(browser.run("return document.activeElement.value"), json!("another_day"));
    tab_to(&browser, "it.tagName === 'BUTTON'");
    browser.press(&[key::ENTER]);
    stack.until("the form to come back", || browser.url().contains("/answers").then_some(()));
    let marked = browser.until("return document.querySelector('[name=day]')?.getAttribute('aria-describedby') ?? null");
    let said = browser.run(&format!("return document.getElementById({marked}).textContent"));
    assert_eq!(said, json!("Please choose a day."));
    sound(&browser, "order-attempted, sent without a day");
    picture(&browser, "order-attempted-lacking-390");
    tab_to(&browser, "it.name === 'day'");
    browser.press(&[key::DOWN, key::DOWN]);
    tab_to(&browser, "it.tagName === 'BUTTON'");
    browser.press(&[key::ENTER]);
    stack.until("the answer to be sent", || browser.url().contains("answered=").then_some(()));
    picture(&browser, "order-answering-390");
    stack.idle();
    assert_eq!(stack.facts(&number)["answers"][0]["wish"], "another_day");
    browser.scripts(true);
    check(&browser, "order-answered", &link);

    // A parcel that is missing, told with the keyboard alone too.
    browser.phone(390);
    browser.visit(&stack.link(&missed.shopify_number()));
    tab_to(&browser, "it.tagName === 'SUMMARY' && it.textContent.includes('do not have it')");
    browser.press(&[key::ENTER]);
    picture(&browser, "order-missed-390");
    tab_to(&browser, "it.name === 'note'");
    browser.press(&["N", "o"]);
    tab_to(&browser, "it.tagName === 'BUTTON'");
    browser.press(&[key::ENTER]);
    stack.until("the answer to be sent", || browser.url().contains("answered=").then_some(()));
    stack.idle();
    check(&browser, "order-disputed", &stack.link(&missed.shopify_number()));

    let password = stack.secret("console", "staff");
    let console = format!("{}/console/demo", stack.url.replace("://", &format!("://staff:{password}@")));
    check(&browser, "console-answers", &console);
    tab_to(&browser, "it.tagName === 'BUTTON' && it.textContent === 'Done'");
    browser.press(&[key::ENTER]);
    stack.until("it to be done", || browser.url().contains("done=answer").then_some(()));
    picture(&browser, "console-done");
    stack.idle();
    assert!(!http::get(&link).text().contains("<script"));
}
