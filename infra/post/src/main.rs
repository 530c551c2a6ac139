//! What became of an order's letters: `cargo post why SHOP NUMBER`; `--help` tells what else there is.
#![allow(clippy::print_stderr, reason = "this program talks to a person at a terminal")]

use domain::{
    letter::{Channel, LetterKind},
    locale::Locale,
};
use jiff::Timestamp;
use post::{
    Dossier, account,
    arguments::{self, Command, Wanted, Which},
    choice::{self, Chosen},
    desk::Desk,
    masked, resend, wording,
};
use std::{
    io::{ErrorKind, Write as _},
    path::{Path, PathBuf},
    process::ExitCode,
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let told = match arguments::read(&words) {
        Ok(command) => Box::pin(run(command)).await,
        Err(why) => Err(why),
    };
    match told {
        // Who pipes it into `head` has read enough.
        Ok(text) => match writeln!(std::io::stdout(), "{}", text.trim_end()) {
            Err(error) if error.kind() != ErrorKind::BrokenPipe => ExitCode::FAILURE,
            _ => ExitCode::SUCCESS,
        },
        Err(why) => {
            eprintln!("{}", why.trim_end());
            ExitCode::FAILURE
        }
    }
}

async fn run(command: Command) -> Result<String, String> {
    let now = boot::clock::now();
    match command {
        Command::Help => Ok(arguments::HELP.to_owned()),
        Command::Why { which, as_json } => {
            let dossiers = Desk::open().await?.dossiers(&which, now).await?;
            if as_json {
                account::json(&dossiers, now)
            } else {
                Ok(dossiers.iter().map(|dossier| account::text(dossier, now)).collect::<Vec<_>>().join("\n"))
            }
        }
        Command::Preview { which, wanted, channel, html } => preview(&which, &wanted, channel, html, now).await,
        Command::Test { which, wanted, to } => {
            let desk = Desk::open().await?;
            let dossier = desk.dossier_of(&which, now).await?;
            let chosen = chosen(&dossier, &wanted, now)?;
            let email = wording::mail(&dossier, &chosen.letter, &desk.links(&dossier, now)?, wanted.locale, now)?;
            let id = desk.mail_test(&dossier.settings, email, &to).await?;
            Ok(format!("SES took it for {} as {id}; the ledger knows nothing of it", masked::email(&to)))
        }
        Command::WhatsappTemplates { base } => templates(&base),
        Command::Resend { which, letter, channel } => {
            let desk = Desk::open().await?;
            let dossier = desk.dossier_of(&which, now).await?;
            let plan = resend::plan(&dossier, &letter, channel, now)?;
            desk.post(&plan, channel).await?;
            let (kind, id, outlook) = (plan.letter.kind.code(), &plan.letter.id, plan.outlook.join("\n  "));
            let order = which.order.as_ref().map(|order| format!(" --order {order}")).unwrap_or_default();
            let look = format!("post why {} {}{order}", which.shop, which.number.trim_start_matches('#'));
            Ok(format!(
                "{kind} is handed to `notify` once more, as {id}. By what is known now,\n  {outlook}\nLook with `{look}`."
            ))
        }
    }
}

/// Every WhatsApp template, a line each.
fn templates(base: &str) -> Result<String, String> {
    let mut lines = Vec::new();
    for (kind, locale) in LetterKind::ALL.iter().flat_map(|kind| Locale::ALL.map(|locale| (*kind, locale))) {
        let Some(template) = letters::whatsapp_template(kind, locale, base) else { continue };
        lines.push(serde_json::to_string(&template).map_err(|error| error.to_string())?);
    }
    Ok(lines.join("\n"))
}

async fn preview(
    which: &Which,
    wanted: &Wanted,
    channel: Channel,
    html: Option<PathBuf>,
    now: Timestamp,
) -> Result<String, String> {
    let desk = Desk::open().await?;
    let dossier = desk.dossier_of(which, now).await?;
    let letter = chosen(&dossier, wanted, now)?.letter;
    let links = desk.links(&dossier, now)?;
    if channel != Channel::Email {
        return wording::brief(&dossier, &letter, channel, &links, wanted.locale, now);
    }
    let email = wording::mail(&dossier, &letter, &links, wanted.locale, now)?;
    let own = if email.fell_back { wording::FELL_BACK } else { "" };
    let written = html.as_deref().map(|file| write(file, &email.html)).transpose()?;
    Ok(format!("Subject: {}\n\n{}\n{}\n{own}", email.subject, email.text.trim_end(), written.unwrap_or_default()))
}

fn write(file: &Path, html: &str) -> Result<String, String> {
    std::fs::write(file, html).map_err(|error| format!("{}: {error}", file.display()))?;
    Ok(format!("\nthe HTML is in {}", file.display()))
}

/// The letter that is meant; says aside when nothing calls for it.
fn chosen(dossier: &Dossier, wanted: &Wanted, now: Timestamp) -> Result<Chosen, String> {
    let chosen = choice::choose(dossier, wanted, now)?;
    if !chosen.is_called_for {
        let kind = wanted.kind.code();
        eprintln!("nothing about order {} calls for {kind}: shown as if its reason happened now\n", dossier.number());
    }
    Ok(chosen)
}
