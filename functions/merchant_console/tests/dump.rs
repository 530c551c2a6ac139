//! Temporary: dumps every small page.
use merchant_console::pages::{ChoosePage, Notice};
use lambda_http::http::Method;
#[test]
fn dump() {
    let s = "demo".parse().unwrap();
    let mut out = String::new();
    for a in [ChoosePage{mistyped:false}.answer(200), ChoosePage{mistyped:true}.answer(422), Notice::later().answer(503), Notice::nowhere().answer(404),
        Notice::not_allowed().answer(405).with("allow","GET, HEAD"), Notice::no_reason(&s).answer(422), Notice::shut().answer(401)] {
        let mut r = format!("{:?}\n", a.response(&Method::GET));
        r.push('\n');
        out.push_str(&r);
    }
    for path in ["/console?shop=demo", "/console?shop=%20&shop=x", "/console/x/", "/", "/console/demo/returns"] {
        for m in ["GET", "HEAD", "POST"] {
            out.push_str(&format!("{m} {path} {:?}\n", merchant_console::visit::Visit::read(&m.parse().unwrap(), path.split('?').next().unwrap(), path.split('?').nth(1).unwrap_or_default())));
        }
    }
    std::fs::write(std::env::var("DUMP").unwrap(), out).unwrap();
}
