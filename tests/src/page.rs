//! Reads pages as a person with a form in hand: tags, texts, forms and their fields. No more HTML than our own pages use.

/// A tag and what follows it.
#[derive(Debug, Clone)]
pub struct Tag {
    /// `input`, or `/form` for an end.
    pub name: String,
    attributes: Vec<(String, String)>,
    /// The text up to the next tag.
    pub text: String,
}

impl Tag {
    /// An attribute; empty for one without a value.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }
}

/// Every tag of a page, in order.
#[must_use]
pub fn tags(html: &str) -> Vec<Tag> {
    let mut out = Vec::new();
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        rest = &rest[at + 1..];
        if let Some(comment) = rest.strip_prefix("!--") {
            rest = comment.split_once("-->").map_or("", |(_, rest)| rest);
            continue;
        }
        let end = end_of_tag(rest);
        let (inner, after) = (&rest[..end], rest.get(end + 1..).unwrap_or_default());
        let text = after.split('<').next().unwrap_or_default();
        let name: String =
            inner.chars().take_while(|c| !c.is_whitespace()).collect::<String>().trim_end_matches('/').to_lowercase();
        let name = inner.strip_prefix('/').map_or(name, |closed| format!("/{}", closed.trim().to_lowercase()));
        out.push(Tag { attributes: attributes(inner), text: decoded(text), name });
        rest = after;
    }
    out
}

fn end_of_tag(rest: &str) -> usize {
    let mut quote = None;
    for (at, c) in rest.char_indices() {
        match (quote, c) {
            (None, '>') => return at,
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), c) if open == c => quote = None,
            _ => {}
        }
    }
    rest.len()
}

fn attributes(inner: &str) -> Vec<(String, String)> {
    let mut out = Vec::new();
    let mut rest = inner.find(char::is_whitespace).map_or("", |at| &inner[at..]);
    loop {
        rest = rest.trim_start();
        let name: String = rest.chars().take_while(|c| !c.is_whitespace() && *c != '=' && *c != '/').collect();
        if name.is_empty() {
            match rest.strip_prefix('/') {
                Some(more) => rest = more,
                None => return out,
            }
            continue;
        }
        rest = &rest[name.len()..];
        let mut value = String::new();
        if let Some(after) = rest.strip_prefix('=') {
            let quote = after.chars().next().filter(|c| matches!(c, '"' | '\''));
            let (text, left) = match quote {
                Some(quote) => after[1..].split_once(quote).unwrap_or((&after[1..], "")),
                None => after.split_at(after.find(char::is_whitespace).unwrap_or(after.len())),
            };
            value = decoded(text);
            rest = left;
        }
        out.push((name.to_lowercase(), value));
    }
}

/// The five references that HTML needs, and numbers.
#[must_use]
pub fn decoded(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let known = rest.split_once(';').and_then(|(name, after)| {
            let c = match &name[1..] {
                "amp" => '&',
                "lt" => '<',
                "gt" => '>',
                "quot" => '"',
                "apos" => '\'',
                "nbsp" => '\u{a0}',
                number => {
                    let number = number.strip_prefix('#')?;
                    let code =
                        number.strip_prefix('x').map_or_else(|| number.parse().ok(), |hex| u32::from_str_radix(hex, 16).ok());
                    char::from_u32(code?)?
                }
            };
            Some((c, after))
        });
        let (c, after) = known.unwrap_or(('&', &rest[1..]));
        out.push(c);
        rest = after;
    }
    out + rest
}

/// What a person reads on a page: no tags, no style, single spaces.
#[must_use]
pub fn read(html: &str) -> String {
    let shown = tags(html).into_iter().filter(|tag| tag.name != "style" && tag.name != "script");
    shown.map(|tag| tag.text).collect::<Vec<_>>().join(" ").split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A form as it stands on a page.
#[derive(Debug, Clone, Default)]
pub struct Form {
    /// Where it goes, without the place on the page it leads to.
    pub action: String,
    /// `get` or `post`.
    pub method: String,
    /// What it would send if nobody touched it.
    pub fields: Vec<(String, String)>,
    /// Every field a person can set, with its choices where it has some: `("q.7", ["1"])`.
    pub choices: Vec<(String, Vec<String>)>,
    /// The buttons that have a name.
    pub buttons: Vec<(String, String)>,
}

impl Form {
    /// The form with one field set, as a person would.
    #[must_use]
    #[track_caller]
    pub fn set(self, name: &str, value: &str) -> Self {
        let choices = self.choices.iter().find(|(own, _)| own == name).map(|(_, choices)| choices);
        let choices = choices.unwrap_or_else(|| panic!("the form has no field {name}, only {:?}", self.choices));
        assert!(choices.is_empty() || choices.iter().any(|choice| choice == value), "{name} offers {choices:?}, not {value}");
        self.forced(name, value)
    }

    /// The form with one field set, whether or not the page offers it.
    #[must_use]
    pub fn forced(mut self, name: &str, value: &str) -> Self {
        self.fields.retain(|(own, _)| own != name);
        self.fields.push((name.to_owned(), value.to_owned()));
        self
    }

    /// What it would send in a field.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }
}

/// Every form of a page.
#[must_use]
pub fn forms(html: &str) -> Vec<Form> {
    let mut out: Vec<Form> = Vec::new();
    let mut open = false;
    let mut select: Option<(String, Option<String>)> = None;
    for tag in tags(html) {
        let text = |name: &str| tag.get(name).unwrap_or_default().to_owned();
        if tag.name == "form" {
            let action = text("action").split('#').next().unwrap_or_default().to_owned();
            out.push(Form { action, method: text("method").to_lowercase(), ..Form::default() });
            open = true;
        }
        let Some(form) = out.last_mut().filter(|_| open) else { continue };
        match tag.name.as_str() {
            "/form" => open = false,
            "input" => {
                let (kind, name) = (text("type"), text("name"));
                let value = if tag.get("value").is_none() && matches!(kind.as_str(), "checkbox" | "radio") {
                    "on".to_owned()
                } else {
                    text("value")
                };
                match kind.as_str() {
                    "hidden" => form.fields.push((name, value)),
                    "checkbox" | "radio" => {
                        if tag.get("checked").is_some() {
                            form.fields.push((name.clone(), value.clone()));
                        }
                        match form.choices.iter_mut().find(|(own, _)| *own == name) {
                            Some((_, choices)) => choices.push(value),
                            None => form.choices.push((name, vec![value])),
                        }
                    }
                    "submit" => form.buttons.push((name, value)),
                    _ => {
                        form.choices.push((name.clone(), Vec::new()));
                        form.fields.push((name, value));
                    }
                }
            }
            "textarea" => {
                form.choices.push((text("name"), Vec::new()));
                form.fields.push((text("name"), tag.text.clone()));
            }
            "select" => {
                form.choices.push((text("name"), Vec::new()));
                select = Some((text("name"), None));
            }
            "option" => {
                let value = tag.get("value").map_or_else(|| tag.text.trim().to_owned(), str::to_owned);
                if let Some((name, chosen)) = &mut select {
                    if chosen.is_none() || tag.get("selected").is_some() {
                        *chosen = Some(value.clone());
                    }
                    if let Some((_, choices)) = form.choices.iter_mut().find(|(own, _)| own == name) {
                        choices.push(value);
                    }
                }
            }
            "/select" => {
                if let Some((name, Some(chosen))) = select.take() {
                    form.fields.push((name, chosen));
                }
            }
            "button" if tag.get("name").is_some() => form.buttons.push((text("name"), text("value"))),
            _ => {}
        }
    }
    out
}
