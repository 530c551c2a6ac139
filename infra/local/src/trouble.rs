//! What can keep the stack from starting, each as one sentence for the person who started it.

use std::path::PathBuf;

/// A reason not to start.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// The command line says something that has no meaning here.
    #[error("{0}")]
    Flag(String),
    /// The template is broken, or asks for something this stack does not have.
    #[error("{file}: {place}: {why}")]
    Template {
        /// The template's file name.
        file: String,
        /// Where in it: a path of keys, or a line.
        place: String,
        /// What is wrong there.
        why: String,
    },
    /// A file could not be read or written.
    #[error("{}: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A function of the template has no built binary.
    #[error("the binary `{binary}` is missing in {}: build it with `cargo build --workspace`", dir.display())]
    NoBinary {
        /// Its name in the template.
        binary: String,
        /// Where it was looked for.
        dir: PathBuf,
    },
    /// Somebody else listens there.
    #[error("port {port} is in use: stop what listens there, or choose another with --port (0 takes any)")]
    PortInUse {
        /// The port asked for.
        port: u16,
    },
    /// Another stack works in this data folder.
    #[error("{} is in use by another stack: stop that one, or choose another folder with --data", .0.display())]
    DataInUse(PathBuf),
    /// What is kept in the data folder does not fit the template any more.
    #[error("the table in {} was made from another template: start once with --fresh", .0.display())]
    OtherTable(PathBuf),
    /// The demo secrets are not what they should be.
    #[error("{}: {why}", path.display())]
    Secrets {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// A shop's settings file is not right, or was not taken.
    #[error("{}: {why}", path.display())]
    Shop {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// The stack cannot look into its own vault.
    #[error("the stack cannot look into its own vault: {0}")]
    OwnVault(#[from] boot::StartError),
    /// The database file could not be opened.
    #[error("the data folder cannot be used: {0}")]
    Database(String),
    /// A socket could not be opened.
    #[error("cannot listen on this machine: {0}")]
    Listen(std::io::Error),
}

impl Trouble {
    /// A file that could not be read or written.
    pub fn file(path: impl Into<PathBuf>, source: std::io::Error) -> Self {
        Self::File { path: path.into(), source }
    }
}
