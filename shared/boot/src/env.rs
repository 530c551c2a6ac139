//! Reads the environment. A function lists its variables in `ENV`; a test holds that list against the template.

/// What is wrong with the environment.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("environment variable {name} {problem}")]
pub struct EnvError {
    /// Which variable.
    pub name: &'static str,
    /// What is wrong with it.
    pub problem: &'static str,
}

/// A variable that must be there and not empty.
///
/// # Errors
/// Names the variable.
pub fn required(get: impl Fn(&str) -> Option<String>, name: &'static str) -> Result<String, EnvError> {
    match get(name) {
        Some(value) if !value.is_empty() => Ok(value),
        Some(_) => Err(EnvError { name, problem: "is empty" }),
        None => Err(EnvError { name, problem: "is missing" }),
    }
}

/// A variable that may be empty or absent.
pub fn optional(get: impl Fn(&str) -> Option<String>, name: &'static str) -> Option<String> {
    get(name).filter(|value| !value.is_empty())
}

/// The process's own environment.
#[must_use]
pub fn process(name: &str) -> Option<String> {
    std::env::var(name).ok()
}
