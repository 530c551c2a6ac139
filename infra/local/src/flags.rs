//! Reads the command line.

use crate::trouble::Trouble;
use std::path::PathBuf;

/// What `--help` says.
pub const HELP: &str = "\
Runs template.yaml on this machine: table, queues, mail, text messages, functions, one port.

  --port 8787          where everything answers; 0 takes any free port
  --data DIR           what is kept between starts (default .local)
  --fresh              empty the data folder first
  --no-demo            do not play the demo journey
  --release            accepted; the launcher builds with it
  --env KEY=VALUE      one more variable for every function; may be repeated
  --template FILE      default template.yaml
  --functions-dir DIR  where the functions' binaries are (default: beside this program)
  --secrets FILE       webhook secrets of the demo shop (default infra/local/demo-secrets.toml)
  --shops DIR          settings that are put in force, NAME.toml for the shop NAME (default infra/shops)
  --verbose            what functions print also goes to the terminal
";

/// The command line, read.
#[derive(Debug)]
pub struct Flags {
    /// `--port`
    pub port: u16,
    /// `--data`
    pub data: PathBuf,
    /// `--fresh`
    pub fresh: bool,
    /// Not `--no-demo`
    pub demo: bool,
    /// `--env`, in order
    pub env: Vec<(String, String)>,
    /// `--template`
    pub template: PathBuf,
    /// `--functions-dir`
    pub functions: Option<PathBuf>,
    /// `--secrets`
    pub secrets: Option<PathBuf>,
    /// `--shops`
    pub shops: PathBuf,
    /// `--verbose`
    pub verbose: bool,
}

/// Reads the arguments after the program's name; nothing if help was asked for.
pub fn read(arguments: impl IntoIterator<Item = String>) -> Result<Option<Flags>, Trouble> {
    let mut flags = Flags {
        port: 8787,
        data: ".local".into(),
        fresh: false,
        demo: true,
        env: Vec::new(),
        template: "template.yaml".into(),
        functions: None,
        secrets: None,
        shops: "infra/shops".into(),
        verbose: false,
    };
    let mut arguments = arguments.into_iter();
    while let Some(argument) = arguments.next() {
        let (flag, given) = match argument.split_once('=') {
            Some((flag, value)) if flag.starts_with("--") => (flag.to_owned(), Some(value.to_owned())),
            _ => (argument, None),
        };
        let mut value = || {
            given.clone().or_else(|| arguments.next()).ok_or_else(|| Trouble::Flag(format!("{flag} needs a value: see --help")))
        };
        match flag.as_str() {
            "--help" | "-h" => return Ok(None),
            "--fresh" => flags.fresh = true,
            "--no-demo" => flags.demo = false,
            "--release" => {}
            "--verbose" => flags.verbose = true,
            "--port" => {
                let text = value()?;
                flags.port = text.parse().map_err(|_| Trouble::Flag(format!("--port {text}: a port is a number up to 65535")))?;
            }
            "--data" => flags.data = value()?.into(),
            "--template" => flags.template = value()?.into(),
            "--functions-dir" => flags.functions = Some(value()?.into()),
            "--secrets" => flags.secrets = Some(value()?.into()),
            "--shops" => flags.shops = value()?.into(),
            "--env" => {
                let text = value()?;
                let Some((key, value)) = text.split_once('=').filter(|(key, _)| !key.is_empty()) else {
                    return Err(Trouble::Flag(format!("--env {text}: it reads --env KEY=VALUE")));
                };
                flags.env.push((key.to_owned(), value.to_owned()));
            }
            other => return Err(Trouble::Flag(format!("{other} is no flag of the local stack: see --help"))),
        }
    }
    Ok(Some(flags))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        text.split(' ').map(str::to_owned).collect()
    }

    #[test]
    fn flags_are_read_in_both_spellings() {
        let flags = read(words("--port 0 --data=/x --no-demo --env A=b=c --env=D=")).unwrap().unwrap();
        assert_eq!((flags.port, flags.data, flags.demo), (0, PathBuf::from("/x"), false));
        assert_eq!(flags.env, [("A".into(), "b=c".into()), ("D".into(), String::new())]);
    }

    #[test]
    fn a_flag_that_means_nothing_is_named() {
        for (given, then) in [
            ("--prot 1", "--prot is no flag of the local stack: see --help"),
            ("--port x", "--port x: a port is a number up to 65535"),
            ("--data", "--data needs a value: see --help"),
            ("--env A", "--env A: it reads --env KEY=VALUE"),
        ] {
            assert_eq!(read(words(given)).unwrap_err().to_string(), then);
        }
    }
}
