//! Pages as text: without their style, compressed, and held to what every page of ours keeps.

#![allow(dead_code, reason = "each test binary holds its pages to some of it")]

use std::io::Write as _;

/// The page without its style, which is the same everywhere and looked at in `src/style.rs`.
pub fn body(html: &str) -> String {
    let (head, rest) = html.split_once("<style>").unwrap();
    let (_, body) = rest.split_once("</style>").unwrap();
    format!("{head}<style>…</style>{body}")
}

/// Leaves the page where a browser can show it, when `PAGES_DIR` names a directory for that.
pub fn keep(name: &str, html: &str) {
    if let Some(directory) = std::env::var_os("PAGES_DIR") {
        std::fs::write(std::path::Path::new(&directory).join(format!("{name}.html")), html).unwrap();
    }
}

/// How long it is on its way.
pub fn compressed(html: &str) -> usize {
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    gzip.write_all(html.as_bytes()).unwrap();
    gzip.finish().unwrap().len()
}

/// Every id is there once, every name of one leads to it, and there is one big sentence.
#[track_caller]
pub fn assert_told_apart(html: &str) {
    let ids: Vec<&str> = html.split(" id=\"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
    let once: std::collections::BTreeSet<_> = ids.iter().collect();
    assert_eq!(once.len(), ids.len(), "{ids:?}");
    for named in html.split("aria-labelledby=\"").skip(1).map(|rest| rest.split('"').next().unwrap()) {
        assert!(ids.contains(&named), "{named}");
    }
    for list in html.split("aria-describedby=\"").skip(1).map(|rest| rest.split('"').next().unwrap()) {
        for described in list.split(' ') {
            assert!(ids.contains(&described), "{described}");
        }
    }
    for labelled in html.split(" for=\"").skip(1).map(|rest| rest.split('"').next().unwrap()) {
        assert!(ids.contains(&labelled), "{labelled}");
    }
    assert_eq!(html.matches("<h1>").count(), 1);
}

pub const HOSTILE: [&str; 14] = [
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "' autofocus onfocus=alert(1) x='",
    "</style><script>alert(1)</script>",
    "</title><svg onload=alert(1)>",
    "</textarea><script>alert(1)</script>",
    "</option></select><script>alert(1)</script>",
    "javascript:alert(1)",
    "https://x.example/\"><script>alert(1)</script>",
    "<!-- --><script>alert(1)//",
    "]]><script>alert(1)</script>",
    "{{7*7}}{% include \"/etc/passwd\" %}",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "\u{202e}\u{0}<ScRiPt\n>alert(1)</sCrIpT\n>",
];

/// The tags of a page with their attributes' names, and every address in it. Our own pages are regular enough for this.
fn tags(html: &str) -> Vec<String> {
    let (_, body) = html.split_once("</style>").unwrap();
    body.split('<').skip(1).map(|tag| tag.split('>').next().unwrap().to_owned()).collect()
}

#[track_caller]
pub fn assert_harmless(html: &str, text: &str) {
    assert_eq!(html.matches("<style").count(), 1, "{text}");
    for tag in tags(html) {
        let name = tag.trim_start_matches('/').split_whitespace().next().unwrap_or_default().to_lowercase();
        assert!(
            !matches!(name.as_str(), "script" | "img" | "iframe" | "object" | "embed" | "base" | "link"),
            "<{tag}> from {text}"
        );
        // Outside of quotes nothing may look like a handler or a style.
        let bare: String = tag.split('"').step_by(2).collect::<Vec<_>>().join("").to_lowercase();
        let handler = bare.split_whitespace().any(|attribute| attribute.starts_with("on") || attribute.starts_with("style"));
        assert!(!handler, "<{tag}> from {text}");
        for address in ["href=\"", "action=\"", "src=\""].iter().flat_map(|name| tag.split(name).skip(1)) {
            let address = address.split('"').next().unwrap();
            let known = ["/", "#", "https://www.ups.com/", "https://", "mailto:", "tel:"];
            assert!(known.iter().any(|start| address.starts_with(start)) && !address.starts_with("//"), "{address} from {text}");
        }
    }
}
