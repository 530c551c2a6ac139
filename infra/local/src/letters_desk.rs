//! The letters of an order for the staff, on the local page: why, preview, once more, and a test. All of it is the program `post`,
//! run with the environment that the function `notify` has here.

use crate::{form, house::House, refusal::xml};
use domain::{letter::LetterKind, locale::Locale};
use std::{collections::BTreeMap, path::PathBuf, process::Output, sync::Arc, time::Duration};
use tokio::{process::Command, time::timeout};

/// `post` asks the vault a few times; this is trouble.
const PATIENCE: Duration = Duration::from_secs(20);

const HEAD: &str = "<!doctype html><html lang=en><head><meta charset=utf-8><meta name=viewport content=\"width=device-width, initial-scale=1\">\
<meta name=color-scheme content=\"light dark\"><link rel=icon href=\"data:,\"><title>Letters of an order</title><style>\
body{font:16px/1.5 system-ui,sans-serif;max-width:72rem;margin:0 auto;padding:1rem}pre{overflow-x:auto;padding:.6rem;border:1px solid #8886;border-radius:8px}\
form{display:flex;flex-wrap:wrap;gap:.5rem;align-items:end;margin:.6rem 0}label{display:grid;font-size:.85rem}input,select,button{font:inherit;padding:.2rem .4rem}\
</style></head><body><p><a href=\"/_local/\">Doorstep on this machine</a></p><h1>Letters of an order</h1>";

/// What a person asks for, by the names of the forms.
pub type Asked = BTreeMap<String, String>;

fn given<'a>(asked: &'a Asked, name: &str) -> Option<&'a str> {
    asked.get(name).map(|value| value.trim()).filter(|value| !value.is_empty())
}

/// The words of `post` for a command about the asked order. A word that begins with a dash is no name of anything.
fn words(command: &str, asked: &Asked, names: &[&str]) -> Result<Vec<String>, String> {
    let mut words = vec![command.to_owned()];
    for name in names {
        let value = given(asked, name).ok_or_else(|| format!("say {name}"))?;
        if value.starts_with('-') {
            return Err(format!("{value} is no {name}"));
        }
        words.push(value.to_owned());
    }
    for name in ["parcel", "return", "detail", "locale", "channel", "to"] {
        if let Some(value) = given(asked, name).filter(|_| command != "why") {
            words.extend([format!("--{name}"), value.to_owned()]);
        }
    }
    Ok(words)
}

/// Runs `post` and gives what it says, be it an answer or why there is none.
async fn post(house: &Arc<House>, words: &[String]) -> Result<String, String> {
    let program = std::env::current_exe().ok().and_then(|here| here.parent().map(|folder| folder.join("post")));
    let program: PathBuf =
        program.filter(|file| file.is_file()).ok_or("the program `post` is not beside `local`: build the workspace")?;
    let notify = house.functions.find("notify").ok_or("the template has no function notify")?;
    let mut command = Command::new(program);
    command.args(words).env_clear().envs(&notify.plan().environment).kill_on_drop(true);
    command.env("AWS_ENDPOINT_URL", &house.aws.base_url).env("AWS_REGION", "us-east-1");
    command.env(boot::clock::FILE_VARIABLE, house.clock.file());
    command.env("AWS_ACCESS_KEY_ID", "local").env("AWS_SECRET_ACCESS_KEY", "local");
    let ran = timeout(PATIENCE, command.output()).await.map_err(|_| "`post` took too long".to_owned())?;
    let Output { status, stdout, stderr } = ran.map_err(|error| error.to_string())?;
    let said = String::from_utf8_lossy(if status.success() { &stdout } else { &stderr }).into_owned();
    if status.success() { Ok(said) } else { Err(said) }
}

/// The page: what became of every letter of the asked order, and forms for the rest.
pub async fn page(house: &Arc<House>, asked: &Asked) -> String {
    let (shop, order) = (given(asked, "shop").unwrap_or("demo"), given(asked, "order").unwrap_or_default());
    let mut html = String::from(HEAD);
    let input = |name: &str, label: &str, value: &str| {
        format!("<label>{label}<input name={name} value=\"{}\" maxlength=64></label>", xml(value))
    };
    html +=
        &format!("<form>{}{}<button>show</button></form>", input("shop", "shop", shop), input("order", "order number", order));
    if order.is_empty() {
        return html + "</body></html>";
    }
    let told = match words("why", asked, &["shop", "order"]) {
        Ok(words) => post(house, &words).await,
        Err(why) => Err(why),
    };
    html += &format!("<pre>{}</pre>", xml(&told.unwrap_or_else(|why| why)));
    let hidden =
        format!("<input type=hidden name=shop value=\"{}\"><input type=hidden name=order value=\"{}\">", xml(shop), xml(order));
    let options = |codes: Vec<&str>| codes.iter().map(|code| format!("<option>{code}</option>")).collect::<String>();
    let kinds = options(LetterKind::ALL.iter().map(|kind| kind.code()).collect());
    let locales = options(Locale::ALL.iter().map(|locale| locale.code()).collect());
    let which = format!(
        "{hidden}<label>kind<select name=kind>{kinds}</select></label><label>language<select name=locale><option></option>{locales}</select></label>{}{}",
        input("parcel", "parcel", ""),
        input("detail", "moment", "")
    );
    html += &format!(
        "<h2>Preview</h2><form action=/_local/letters/preview target=_blank>{which}<label>channel<select name=channel><option>email</option>\
         <option>sms</option><option>whatsapp</option></select></label><button>preview</button></form>\
         <h2>Send a test</h2><form method=post action=/_local/letters/test>{which}{}<button>send the test</button></form>\
         <h2>Send once more</h2><form method=post action=/_local/letters/resend>{hidden}{}<button>send once more</button></form></body></html>",
        input("to", "to", "you@example.com"),
        input("letter", "letter", "")
    );
    html
}

/// What a letter would say now: a mail as its HTML, the rest as text. The type of the answer, and the answer.
pub async fn preview(house: &Arc<House>, asked: &Asked) -> (&'static str, String) {
    const TEXT: &str = "text/plain; charset=utf-8";
    let mut words = match words("preview", asked, &["shop", "order", "kind"]) {
        Ok(words) => words,
        Err(why) => return (TEXT, why),
    };
    if given(asked, "channel").is_some_and(|channel| channel != "email") {
        return (TEXT, post(house, &words).await.unwrap_or_else(|why| why));
    }
    let file = std::env::temp_dir().join(format!("doorstep-preview-{}.html", uuid::Uuid::new_v4()));
    words.extend(["--html".to_owned(), file.display().to_string()]);
    let told = post(house, &words).await;
    let html = tokio::fs::read_to_string(&file).await;
    // It holds a customer's live link.
    let _gone = tokio::fs::remove_file(&file).await;
    match (told, html) {
        (Ok(_), Ok(html)) => ("text/html; charset=utf-8", html),
        (Ok(text) | Err(text), _) => (TEXT, text),
    }
}

/// A letter once more, or a test of one: what `post` says of it.
pub async fn act(house: &Arc<House>, command: &str, body: &[u8]) -> String {
    let asked: Asked = form::read(body);
    let names: &[&str] = if command == "test" { &["shop", "order", "kind"] } else { &["shop", "order", "letter"] };
    match words(command, &asked, names) {
        Ok(words) => post(house, &words).await.unwrap_or_else(|why| why),
        Err(why) => why,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_becomes_the_words_of_the_program_and_nothing_else() {
        let asked = |pairs: &[(&str, &str)]| {
            pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect::<Asked>()
        };
        let full = asked(&[
            ("shop", "demo"),
            ("order", "1001"),
            ("kind", "shipped"),
            ("locale", "de"),
            ("parcel", " "),
            ("html", "/etc/x"),
        ]);
        let want = ["preview", "demo", "1001", "shipped", "--locale", "de"];
        assert_eq!(words("preview", &full, &["shop", "order", "kind"]).unwrap(), want);
        assert_eq!(words("why", &full, &["shop", "order"]).unwrap(), ["why", "demo", "1001"]);
        assert!(words("resend", &full, &["shop", "order", "letter"]).is_err());
        assert!(words("why", &asked(&[("shop", "--json"), ("order", "1")]), &["shop", "order"]).is_err());
    }
}
