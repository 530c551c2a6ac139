//! The demo shop with other settings than those of infra/shops/demo.toml.

use crate::{launch, repository, stack::Stack};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// The folder of settings that the stack on this data puts in force at every start.
pub(crate) fn shops(data: &Path) -> PathBuf {
    data.join("shops")
}

/// Copies the shops of the repository there, the demo shop changed.
pub(crate) fn describe_shops(data: &Path, change: impl FnOnce(&mut toml::Table)) {
    let folder = shops(data);
    fs::create_dir_all(&folder).unwrap();
    for entry in fs::read_dir(repository::root().join("infra/shops")).unwrap() {
        let path = entry.unwrap().path();
        fs::copy(&path, folder.join(path.file_name().unwrap())).unwrap();
    }
    rewrite(&folder.join("demo.toml"), change);
}

fn rewrite(file: &Path, change: impl FnOnce(&mut toml::Table)) {
    let mut settings: toml::Table = fs::read_to_string(file).unwrap().parse().unwrap();
    change(&mut settings);
    fs::write(file, toml::to_string(&settings).unwrap()).unwrap();
}

impl Stack {
    /// Changes the demo shop's settings while the house runs, as a merchant would: by the program `shop`. Functions remember
    /// settings for a minute of real time, so the house is first let come to rest and they begin anew after it.
    #[track_caller]
    pub fn settings(&self, change: impl FnOnce(&mut toml::Table)) {
        self.idle();
        let file = shops(&self.data).join("demo.toml");
        rewrite(&file, change);
        let environment = [
            ("AWS_ENDPOINT_URL", self.url.as_str()),
            ("AWS_REGION", "us-east-1"),
            ("AWS_ACCESS_KEY_ID", "local"),
            ("AWS_SECRET_ACCESS_KEY", "local"),
            ("TABLE_NAME", "doorstep-Table"),
        ];
        let mut shop = Command::new(launch::programs().join("shop"));
        let said = shop.args(["put", "demo"]).arg(&file).env_clear().envs(environment).output().unwrap();
        assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
        let names = self.functions();
        let before: Vec<i32> = names.iter().flat_map(|name| self.pids(name)).collect();
        for name in &names {
            let _ended = self.kill_function(name);
        }
        self.until("every function has forgotten", || {
            names.iter().flat_map(|name| self.pids(name)).all(|pid| !before.contains(&pid)).then_some(())
        });
    }
}
