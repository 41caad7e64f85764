//! "Did you mean": for everything that people name and may misspell.

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
