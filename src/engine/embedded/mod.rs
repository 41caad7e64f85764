//! The sources that other files hold: the cells of notebooks, the code blocks of texts. Every
//! engine that has a use for such a source looks at it as at a file.

mod json;
mod markdown;
mod notebook;
mod said;

use crate::finding::{Notification, Trouble};
use crate::target::{Embedded, Settings, SourceFile};

/// What a file holds, and what of it cannot be made out.
#[derive(Debug, Default)]
pub struct Embeds {
    /// In the order of the file.
    pub sources: Vec<Embedded>,
    pub notifications: Vec<Notification>,
}

/// What files hold, by their names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Host {
    Notebook,
    Markdown,
}

impl Host {
    fn of(path: &str) -> Option<Host> {
        let (_, ending) = path.rsplit('/').next()?.rsplit_once('.')?;
        match ending.to_ascii_lowercase().as_str() {
            "ipynb" => Some(Host::Notebook),
            "md" | "markdown" | "mdx" | "qmd" | "rmd" => Some(Host::Markdown),
            _ => None,
        }
    }

    fn is_on(self, settings: &Settings) -> bool {
        match self {
            Host::Notebook => settings.notebooks,
            Host::Markdown => settings.markdown,
        }
    }
}

/// Whether the settings keep what the file holds from being looked at.
pub fn is_left_out(path: &str, settings: &Settings) -> bool {
    Host::of(path).is_some_and(|host| !host.is_on(settings))
}

/// Whether a file is a notebook or a text that may hold sources.
pub fn is_host(path: &str) -> bool {
    Host::of(path).is_some()
}

/// The sources that a file holds, as far as the settings want them; of a notebook its text
/// whatever they say.
pub fn embeds(file: &SourceFile, settings: &Settings) -> Embeds {
    match Host::of(&file.path) {
        Some(Host::Notebook) => notebook::cells(file, settings.notebooks),
        Some(Host::Markdown) if settings.markdown => {
            Embeds { sources: markdown::blocks(file), notifications: Vec::new() }
        }
        Some(Host::Markdown) | None => Embeds::default(),
    }
}

fn unparsed(file: &SourceFile, message: String) -> Notification {
    Notification {
        path: file.path.clone(),
        engine: Some("python".into()),
        trouble: Trouble::Unparsed,
        message: message.into(),
    }
}
