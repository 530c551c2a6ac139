//! Temporary: dumps every small page.
use customer_pages::notice;
use lambda_http::http::Method;
#[test]
fn dump() {
    let mut out = String::new();
    let s: domain::settings::ShopSettings = serde_json::from_value(serde_json::json!({"brand": {"name": "Demo & Sons", "colour": "#ffcc00", "shop_url": "https://x.example"}, "calendar": {"zone": "Europe/Berlin"}})).unwrap();
    for a in [notice::nowhere(), notice::nowhere_json(), notice::not_allowed("GET"), notice::too_large(), notice::later(), notice::foreign_form(&s, "T"), notice::used_form(&s, "T")] {
        out.push_str(&format!("{:?}\n\n", a.clone().response(&Method::GET)));
        out.push_str(&format!("{:?}\n\n", a.response(&Method::HEAD)));
    }
    std::fs::write(std::env::var("DUMP").unwrap(), out).unwrap();
}
