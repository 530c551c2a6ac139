//! The page a person opens: captured messages as their recipients see them, queues, functions.

use crate::{outbox::Captured, refusal::xml};
use serde_json::Value as Json;
use std::fmt::Write;

const HEAD: &str = r#"<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="refresh" content="10"><meta name="color-scheme" content="light dark"><link rel="icon" href="data:,">
<title>Doorstep on this machine</title><style>
:root{--ink:#1d1d1f;--soft:#6b6b70;--paper:#f5f5f7;--card:#fff;--line:#dcdce0;--accent:#0a6e4f;--bad:#b3261e}
@media(prefers-color-scheme:dark){:root{--ink:#ececee;--soft:#a0a0a6;--paper:#161618;--card:#222225;--line:#38383d;--accent:#5fd0a5;--bad:#ff8a80}}
*{box-sizing:border-box}body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.5 system-ui,sans-serif}
main{max-width:60rem;margin:0 auto;padding:1rem}h1{font-size:1.4rem;margin:.5rem 0}h2{font-size:1.05rem;margin:1.5rem 0 .5rem}
.soft{color:var(--soft)}.bad{color:var(--bad);font-weight:600}
.card{background:var(--card);border:1px solid var(--line);border-radius:12px;padding:.8rem 1rem;margin:.6rem 0;overflow-wrap:anywhere}
.card header{display:flex;flex-wrap:wrap;gap:.2rem .8rem;justify-content:space-between;font-size:.85rem}
.card h3{font-size:1rem;margin:.2rem 0}.sms p,.whatsapp p{background:var(--accent);color:var(--card);border-radius:14px 14px 14px 3px;padding:.6rem .9rem;margin:.4rem 0;max-width:26rem;white-space:pre-wrap}
.sms p a,.whatsapp p a{color:inherit}@media(max-width:34rem){th,td{padding:.35rem .3rem!important;font-size:.8rem}}
pre{white-space:pre-wrap;font:inherit;margin:.4rem 0}iframe{width:100%;height:30rem;border:1px solid var(--line);border-radius:8px;background:#fff;resize:vertical}
summary{cursor:pointer;color:var(--accent)}.wide{overflow-x:auto}table{border-collapse:collapse;width:100%;font-size:.9rem}
th,td{text-align:right;padding:.35rem .6rem;border-bottom:1px solid var(--line);font-variant-numeric:tabular-nums;white-space:nowrap}th:first-child,td:first-child{text-align:left}
.time{display:flex;flex-wrap:wrap;gap:.5rem;align-items:center;margin:.6rem 0;font-size:.9rem}
button{font:inherit;color:var(--accent);background:none;border:1px solid var(--line);border-radius:8px;padding:.2rem .7rem;cursor:pointer}
th{color:var(--soft);font-weight:500}a{color:var(--accent)}nav a{margin-right:1rem}.file{margin:.4rem 0;font-size:.9rem}
</style></head><body><main><h1>Doorstep on this machine</h1>
<nav><a href="/_local/letters">letters of an order</a><a href="/_local/messages">messages</a><a href="/_local/queues">queues</a><a href="/_local/functions">functions</a><a href="/_local/requests">requests</a><a href="/_local/faults">faults</a><a href="/_local/clock">clock</a></nav>
"#;

/// Makes the links of a mail open beside this page; already written for an attribute.
const NEW_TAB: &str = "&lt;base target=_blank&gt;";
/// Messages shown; the JSON list has them all.
const SHOWN_MAX: usize = 50;

/// The whole page.
pub fn render(messages: &[Captured], queues: &Json, functions: &Json, shift_s: i64) -> String {
    let mut html = String::from(HEAD);
    time(&mut html, shift_s);
    write(&mut html, format_args!("<h2>Messages <span class=soft>({})</span></h2>", messages.len()));
    if messages.is_empty() {
        html.push_str("<p class=soft>Nobody was written to yet.</p>");
    }
    // Newest first: that is the one you wait for.
    messages.iter().rev().take(SHOWN_MAX).for_each(|message| card(&mut html, message));
    html.push_str("<h2>Queues</h2>");
    table(
        &mut html,
        "queue",
        queues,
        &[("visible", "visible"), ("in_flight", "in flight"), ("delayed", "delayed"), ("dead", "dead")],
    );
    html.push_str("<h2>Functions</h2>");
    let columns = [
        ("pid", "pid"),
        ("invocations", "calls"),
        ("errors", "errors"),
        ("restarts", "restarts"),
        ("init_ms", "start ms"),
        ("max_rss_kb", "memory kB"),
    ];
    table(&mut html, "function", functions, &columns);
    html.push_str("</main></body></html>");
    html
}

/// The buttons that move the clock, and what time it is once it was moved.
fn time(html: &mut String, shift_s: i64) {
    html.push_str("<form class=time method=post action=/_local/clock>");
    if shift_s > 0 {
        let ahead = jiff::SignedDuration::from_secs(shift_s);
        write(html, format_args!("<span>It is <b>{:.0}</b> here, {ahead:#} ahead.</span>", boot::clock::now()));
    }
    html.push_str(
        "<button name=advance_s value=3600>an hour on</button><button name=advance_s value=86400>a day on</button>\
         <button name=morning_of value=demo>to the demo shop\u{2019}s next 8 o\u{2019}clock</button></form>",
    );
}

fn write(html: &mut String, text: std::fmt::Arguments<'_>) {
    // Writing to a String cannot fail.
    let _always_fits = html.write_fmt(text);
}

fn table(html: &mut String, first: &str, rows: &Json, columns: &[(&str, &str)]) {
    write(html, format_args!("<div class=wide><table><thead><tr><th scope=col>{first}"));
    columns.iter().for_each(|(_, title)| write(html, format_args!("<th scope=col>{title}")));
    html.push_str("</thead><tbody>");
    for (name, row) in rows.as_object().into_iter().flatten() {
        write(html, format_args!("<tr><td>{}", xml(name)));
        for (key, _) in columns {
            let value = if row[*key].is_null() { "–".to_owned() } else { row[*key].to_string() };
            let class = if matches!(*key, "dead" | "errors") && value != "0" { " class=bad" } else { "" };
            write(html, format_args!("<td{class}>{}", xml(&value)));
        }
    }
    html.push_str("</tbody></table></div>");
}

fn card(html: &mut String, message: &Captured) {
    let channel = xml(&message.channel);
    write(
        html,
        format_args!(
            "<article class=\"card {channel}\"><header><span><b>{channel}</b> to {}</span><time class=soft>{}</time></header><div class=soft>from {}</div>",
            xml(&message.to),
            xml(&message.sent_at),
            xml(&message.from)
        ),
    );
    if let Some(subject) = &message.subject {
        write(html, format_args!("<h3>{}</h3>", xml(subject)));
    }
    let text = with_links(message.text.as_deref().unwrap_or_default());
    match &message.html {
        Some(mail) => {
            write(
                html,
                format_args!(
                    "<iframe sandbox=\"allow-popups allow-popups-to-escape-sandbox\" loading=lazy title=\"mail\" srcdoc=\"{NEW_TAB}{}\"></iframe>",
                    xml(mail)
                ),
            );
            write(html, format_args!("<details><summary>as plain text</summary><pre>{text}</pre></details>"));
        }
        None if message.channel == "email" => write(html, format_args!("<pre>{text}</pre>")),
        None => write(html, format_args!("<p>{text}</p>")),
    }
    if message.channel == "email" {
        write(
            html,
            format_args!(
                "<p class=file><a href=\"/_local/messages/{}.eml\">as a file for a mail program</a></p>",
                xml(&message.id)
            ),
        );
    }
    if !message.tags.is_empty() {
        let tags: Vec<_> =
            message.tags.iter().map(|(name, value)| format!("{name}={}", value.as_str().unwrap_or_default())).collect();
        write(html, format_args!("<details><summary>tags</summary><pre>{}</pre></details>", xml(&tags.join("\n"))));
    }
    html.push_str("</article>");
}

/// Text made safe for HTML, its addresses made links.
fn with_links(text: &str) -> String {
    let link = |piece: &str| {
        let word = piece.trim_end();
        let (safe, space) = (xml(word), &piece[word.len()..]);
        match word.starts_with("http://") || word.starts_with("https://") {
            true => format!("<a href=\"{safe}\" target=_blank rel=noopener>{safe}</a>{space}"),
            false => format!("{safe}{space}"),
        }
    };
    text.split_inclusive(char::is_whitespace).map(link).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_in_a_text_message_can_be_opened() {
        let html = with_links("see https://x.example/o/a?b=1&c\nbye <now>");
        let link = "<a href=\"https://x.example/o/a?b=1&amp;c\" target=_blank rel=noopener>https://x.example/o/a?b=1&amp;c</a>";
        assert_eq!(html, format!("see {link}\nbye &lt;now&gt;"));
    }

    #[test]
    fn a_mail_cannot_break_out_of_its_frame() {
        let message =
            Captured { html: Some("\"></iframe><script>x</script>".into()), channel: "email".into(), ..Captured::default() };
        let page = render(&[message], &serde_json::json!({}), &serde_json::json!({}), 0);
        assert!(!page.contains("<script>") && page.contains("target=_blank&gt;&quot;&gt;&lt;/iframe&gt;"));
    }
}
