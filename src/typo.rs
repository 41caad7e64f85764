//! What a file that people write got wrong: where, what, and what was probably meant.

/// Why TOML could not be read.
#[derive(Debug)]
pub struct Misread {
    /// From 1.
    pub line: usize,
    pub why: String,
    /// The nearest thing that is known, or nothing.
    pub hint: String,
}

impl Misread {
    /// `text` is what was read.
    pub fn new(text: &str, error: &toml::de::Error) -> Misread {
        let why = error.message().lines().next().unwrap_or_default();
        let before = error.span().map_or("", |span| text.get(..span.start).unwrap_or_default());
        Misread {
            line: before.matches('\n').count() + 1,
            hint: unknown_field_hint(why),
            why: without_choices(why),
        }
    }
}

/// "unknown field `a`, expected one of `b`, `c`" as serde words it, with the nearest of them.
fn unknown_field_hint(why: &str) -> String {
    let mut quoted = why.split('`').skip(1).step_by(2);
    match quoted.next() {
        Some(unknown) if why.starts_with("unknown") => hint(unknown, quoted),
        _ => String::new(),
    }
}

fn without_choices(why: &str) -> String {
    match why.split_once(", expected") {
        Some((what, _)) if why.starts_with("unknown field") => {
            what.replace("unknown field", "unknown key")
        }
        _ => why.to_owned(),
    }
}

/// `; did you mean …?` when something is near, else what there is.
pub fn hint<'a>(unknown: &str, known: impl Iterator<Item = &'a str>) -> String {
    let known: Vec<&str> = known.collect();
    let distance = |name: &&&str| strsim::damerau_levenshtein(name, unknown);
    match known.iter().min_by_key(distance) {
        Some(nearest) if distance(&nearest) <= 1 + nearest.len() / 3 => {
            format!("; did you mean `{nearest}`?")
        }
        Some(_) => format!("; known here: {}", known.join(", ")),
        None => String::new(),
    }
}
