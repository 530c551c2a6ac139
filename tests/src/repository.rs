//! The repository as tests see it: its files, its crates and who depends on whom.

use serde::Deserialize;
use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
    process::Command,
};

/// The folder of the workspace.
#[must_use]
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// A file of the repository.
#[must_use]
pub fn text(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Every Rust file below a folder of the repository, with its path from the root.
#[must_use]
pub fn rust_files(below: &str) -> BTreeMap<String, String> {
    let mut out = BTreeMap::new();
    let mut folders = vec![root().join(below)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            if path.is_dir() && name != "target" && !name.starts_with('.') {
                folders.push(path);
            } else if name.ends_with(".rs") {
                let shown = path.strip_prefix(root()).unwrap().display().to_string();
                out.insert(shown, std::fs::read_to_string(&path).unwrap());
            }
        }
    }
    out
}

/// The code of a Rust file without its comments, line by line. Strings stay: a key in a string is a key.
#[must_use]
pub fn without_comments(text: &str) -> String {
    text.lines().map(without_comment).collect::<Vec<_>>().join("\n")
}

fn without_comment(line: &str) -> &str {
    let mut in_text = false;
    let mut escaped = false;
    for (at, c) in line.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if in_text => escaped = true,
            // A quote in single quotes is a character, not the begin of a text.
            '"' if !line[..at].ends_with('\'') => in_text = !in_text,
            '/' if !in_text && line[at..].starts_with("//") => return &line[..at],
            _ => {}
        }
    }
    line
}

/// The words of a code: identifiers and numbers.
pub fn words(code: &str) -> impl Iterator<Item = &str> {
    code.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty())
}

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
    workspace_members: BTreeSet<String>,
    resolve: Resolve,
}

#[derive(Deserialize)]
struct Package {
    id: String,
    name: String,
    manifest_path: PathBuf,
    dependencies: Vec<Dependency>,
    targets: Vec<Target>,
}

#[derive(Deserialize)]
struct Dependency {
    name: String,
    kind: Option<String>,
}

#[derive(Deserialize)]
struct Target {
    name: String,
    kind: Vec<String>,
}

#[derive(Deserialize)]
struct Resolve {
    nodes: Vec<Node>,
}

#[derive(Deserialize)]
struct Node {
    id: String,
    deps: Vec<NodeDep>,
}

#[derive(Deserialize)]
struct NodeDep {
    pkg: String,
    dep_kinds: Vec<DepKind>,
}

#[derive(Deserialize)]
struct DepKind {
    kind: Option<String>,
}

/// One crate of the workspace.
#[derive(Debug, Clone)]
pub struct Room {
    /// Its name.
    pub name: String,
    /// The folder it stands in: `functions`, `shared`, `infra`, or empty for `tests`.
    pub wing: String,
    /// What it depends on, tests and build scripts aside.
    pub needs: BTreeSet<String>,
    /// The programs it makes.
    pub programs: BTreeSet<String>,
}

/// The crates of the workspace and everything they stand on.
pub struct Crates {
    metadata: Metadata,
}

impl Crates {
    /// Asks cargo.
    #[must_use]
    pub fn read() -> Self {
        // Of other platforms not even the sources may be here.
        let about = run("rustc", &["-vV"]);
        let host = about.lines().find_map(|line| line.strip_prefix("host: ")).unwrap();
        let out = cargo(&["metadata", "--format-version", "1", "--offline", "--filter-platform", host]);
        Self { metadata: serde_json::from_str(&out).unwrap() }
    }

    /// The crates of the workspace, by name.
    #[must_use]
    pub fn rooms(&self) -> BTreeMap<String, Room> {
        let own = self.metadata.packages.iter().filter(|package| self.metadata.workspace_members.contains(&package.id));
        own.map(|package| {
            let folder = package.manifest_path.parent().unwrap().strip_prefix(root()).unwrap();
            let wing = folder.parent().unwrap_or(Path::new("")).display().to_string();
            let needs = package.dependencies.iter().filter(|d| d.kind.is_none()).map(|d| d.name.clone()).collect();
            let is_program = |target: &&Target| target.kind.iter().any(|kind| kind == "bin");
            let programs = package.targets.iter().filter(is_program).map(|target| target.name.clone()).collect();
            (package.name.clone(), Room { name: package.name.clone(), wing, needs, programs })
        })
        .collect()
    }

    /// Every package a crate stands on, however far down, tests and build scripts aside.
    #[must_use]
    pub fn below(&self, name: &str) -> BTreeSet<String> {
        let ids: BTreeMap<_, _> =
            self.metadata.packages.iter().map(|package| (package.id.as_str(), package.name.as_str())).collect();
        let nodes: BTreeMap<_, _> = self.metadata.resolve.nodes.iter().map(|node| (node.id.as_str(), node)).collect();
        let own = |id: &&&str| ids[**id] == name && self.metadata.workspace_members.contains(**id);
        let mut open: Vec<&str> = ids.keys().filter(own).copied().collect();
        assert!(!open.is_empty(), "there is no crate {name}");
        let mut seen = BTreeSet::new();
        while let Some(id) = open.pop() {
            let normal = |dep: &&NodeDep| dep.dep_kinds.iter().any(|kind| kind.kind.is_none());
            for dep in nodes[id].deps.iter().filter(normal) {
                if seen.insert(ids[dep.pkg.as_str()].to_owned()) {
                    open.push(&dep.pkg);
                }
            }
        }
        seen
    }
}

/// Every package that is built into our programs, as `name vVERSION`.
#[must_use]
pub fn built_packages() -> BTreeSet<String> {
    let out = cargo(&["tree", "--workspace", "--offline", "--edges", "normal", "--prefix", "none", "--format", "{p}"]);
    out.lines().map(|line| line.split(' ').take(2).collect::<Vec<_>>().join(" ")).collect()
}

fn cargo(arguments: &[&str]) -> String {
    run(&std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned()), arguments)
}

fn run(program: &str, arguments: &[&str]) -> String {
    let out = Command::new(program).args(arguments).current_dir(root()).output().unwrap();
    assert!(out.status.success(), "{program} {arguments:?}: {}", String::from_utf8_lossy(&out.stderr));
    String::from_utf8(out.stdout).unwrap()
}
