//! Bandit's checks by the names that it gives them.

use crate::rule::{Catalogue, Rule};

/// The engine whose rules they are.
const ENGINE: &str = "python";
/// The check that looks for names on a list; its rules are found by it.
pub const BLACKLIST: &str = "B001";
/// Where Bandit's documentation is.
const DOCUMENTS: &str = "https://bandit.readthedocs.io/en/1.9.4/";
/// Checks that are called otherwise where they report than where they are listed.
const FUNCTIONS: &[(&str, &str)] =
    &[("B324", "hashlib"), ("B508", "snmp_insecure_version_check"), ("B509", "snmp_crypto_check")];
/// Rules that share an entry of the documentation with others.
const SHARED: &[(&str, &str)] = &[
    ("B304", "b304-b305-ciphers-and-modes"),
    ("B305", "b304-b305-ciphers-and-modes"),
    ("B313", "b313-b320-xml-bad-celementtree"),
    ("B314", "b313-b320-xml-bad-elementtree"),
    ("B315", "b313-b320-xml-bad-expatreader"),
    ("B316", "b313-b320-xml-bad-expatbuilder"),
    ("B317", "b313-b320-xml-bad-sax"),
    ("B318", "b313-b320-xml-bad-minidom"),
    ("B319", "b313-b320-xml-bad-pulldom"),
];

/// The rules that are Bandit's, by id.
pub fn all() -> impl Iterator<Item = &'static Rule> {
    Catalogue::get().of_engine(ENGINE).filter(|rule| is_id(rule.id))
}

fn is_id(id: &str) -> bool {
    let number = id.strip_prefix('B').unwrap_or_default();
    number.len() == 3 && number.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether the id means a check, the one for names on a list among them.
pub fn is_known(id: &str) -> bool {
    id == BLACKLIST || all().any(|rule| rule.id == id)
}

/// The id of the check of that name.
pub fn id_of(name: &str) -> Option<&'static str> {
    all().find(|rule| rule.name == name).map(|rule| rule.id)
}

/// Whether the rule is one for names on a list.
pub fn is_listed(id: &str) -> bool {
    (id.starts_with("B3") || id.starts_with("B4")) && id != "B324"
}

/// The name of the check that reports the rule's issues.
pub fn test_name(rule: &Rule) -> &'static str {
    if is_listed(rule.id) {
        return "blacklist";
    }
    FUNCTIONS.iter().find(|(id, _)| *id == rule.id).map_or(rule.name, |(_, name)| name)
}

/// Where Bandit's documentation has the rule.
pub fn more_info(rule: &Rule) -> String {
    let id = rule.id.to_lowercase();
    if !is_listed(rule.id) {
        return format!("{DOCUMENTS}plugins/{id}_{}.html", test_name(rule));
    }
    let kind = if rule.id.starts_with("B3") { "calls" } else { "imports" };
    let shared = SHARED.iter().find(|(shared, _)| *shared == rule.id);
    let entry = match shared {
        Some((_, entry)) => (*entry).to_owned(),
        None => format!("{id}-{}", rule.name.replace('_', "-").to_lowercase()),
    };
    format!("{DOCUMENTS}blacklists/blacklist_{kind}.html#{entry}")
}

/// The rule's number in the Common Weakness Enumeration, and the page about it.
pub fn cwe(rule: &Rule) -> (u16, String) {
    let number = rule.cwe.first().copied().unwrap_or_default();
    (number, format!("https://cwe.mitre.org/data/definitions/{number}.html"))
}
