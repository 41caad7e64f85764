use super::*;
use crate::finding::Finding;
use crate::policy::case::case;
use crate::policy::sample::{NEW, NOW, package, severe};
use proptest::prelude::*;

fn holds(text: &str, finding: &Finding) -> Result<bool, String> {
    let expression = Expression::compile(text).unwrap_or_else(|error| panic!("{text}: {error}"));
    expression.holds(&Subject { case: &case(finding, NEW, false, NOW) })
}

fn error_of(text: &str) -> String {
    match Expression::compile(text) {
        Ok(_) => panic!("{text} was accepted"),
        Err(error) => error.to_string(),
    }
}

#[test]
fn every_field_can_be_asked_about() {
    for text in [
        "finding.rule == 'B602'",
        "finding.engine == 'python' && finding.witnesses == ['python']",
        "finding.severity == 'high' && finding.severity_rank == 4",
        "finding.confidence == 'high'",
        "finding.path.startsWith('src/') && finding.line == 3",
        "finding.message.contains('message')",
        "78 in finding.cwe && finding.cwe.exists(n, n > 77)",
        "finding.new && finding.age_days == 0 && !finding.waived",
        "finding.path.matches('^src/.*[.]py$') && !finding.rule.matches('^S')",
        "finding.package.name == '' && size(finding.package.fixed_in) == 0",
        "finding.package.cvss == 0.0 && !finding.package.direct",
    ] {
        assert_eq!(holds(text, &severe()), Ok(true), "{text}");
    }
    for text in [
        "finding.package.name == 'django' && finding.package.ecosystem == 'PyPI'",
        "finding.package.cvss >= 9 && finding.package.epss >= 0.1",
        "finding.package.advisories.all(id, id.startsWith('CVE-'))",
        "finding.package.direct && !finding.package.exploited",
        "finding.package.fixed_in.filter(v, v != '').exists_one(v, v == '4.2.1')",
    ] {
        assert_eq!(holds(text, &package()), Ok(true), "{text}");
    }
    assert_eq!(holds("finding.line > 3", &severe()), Ok(false));
}

#[test]
fn a_mistake_is_found_when_it_is_read_and_says_where() {
    for (text, error) in [
        ("findng.line > 3", "column 1: no name `findng`; did you mean `finding`?"),
        ("finding.lin > 3", "column 8: no field `finding.lin`; did you mean `line`?"),
        (
            "finding.package.nam == 'x'",
            "column 16: no field `finding.package.nam`; did you mean `name`?",
        ),
        ("true &&\n finding.path.startWith('a')", "line 2, column 24: no function `startWith`"),
        ("finding.cwe.exists(n)", "`exists` is written LIST.exists(x, CONDITION)"),
        ("finding.path.matches('(')", "regex parse error"),
        ("finding.path.matches(finding.rule)", "`matches` is written TEXT.matches(\"PATTERN\")"),
        ("finding.cwe.map(n, n + 1) == []", "no function `map`"),
        ("{'a': 1}.a == 1", "only names, fields, functions, literals and lists"),
        ("1", "column 1: is neither true nor false"),
        ("'finding'", "column 1: is neither true nor false"),
        ("finding", "is neither true nor false"),
        ("finding.new && finding.line", "column 23: is neither true nor false"),
        ("!size(finding.cwe)", "is neither true nor false"),
        ("finding.new ? finding.path : true", "is neither true nor false"),
        ("finding.line >", "column "),
        ("", "column "),
    ] {
        let said = error_of(text);
        assert!(said.contains(error), "{text:?} says {said:?}, not {error:?}");
    }
}

#[test]
fn what_could_take_for_ever_is_refused() {
    let long = format!("finding.path == '{}'", "a".repeat(MAX_LENGTH));
    assert!(error_of(&long).contains("bytes long"));
    let deep = format!("{}1{} == 1", "(".repeat(17), ")".repeat(17));
    assert_eq!(error_of(&deep), "column 17: more than 16 brackets inside each other");
    let chain = format!("0{} > 1", "+1".repeat(60));
    assert!(error_of(&chain).contains("operations deep"));
    let nested = "finding.cwe.all(a, finding.cwe.all(b, finding.cwe.all(c, a == b)))";
    assert!(error_of(nested).contains("more than 2 of"));
    assert!(error_of("finding.path.matches('((a{100}){100}){100}')").contains("size limit"));
    let list = |count: usize| format!("[{}]", vec!["'a'"; count].join(","));
    let paths = format!("{}.exists(x, finding.path.startsWith(x))", list(150));
    assert!(Expression::compile(&paths).is_ok());
    let lists = list(52);
    for text in [
        format!("{lists}.all(a, {lists}.all(b, finding.path.matches('x')))"),
        format!("{lists}.filter(a, true).all(a, ({lists} + []).all(b, a != b))"),
        format!("[{lists}].all(a, a.all(b, {lists}.exists(c, c == b))) || true"),
        format!("[{lists}][0].all(a, [{lists}][0].all(b, a != b))"),
    ] {
        let said = error_of(&text);
        assert!(said.contains("operations for each finding") || said.contains("of all"), "{said}");
    }
    assert!(Expression::compile("finding.cwe.all(a, finding.cwe.exists(b, a <= b))").is_ok());
    for unclosed in ["!", "-", "a.", "a[", "a?b:", "finding.", "1+", "'", "\"\\"] {
        let _ = error_of(&unclosed.repeat(MAX_LENGTH / unclosed.len()));
    }
}

#[test]
fn what_cannot_be_evaluated_is_an_error_and_no_answer() {
    for text in ["finding.cwe[99] == 1", "finding.cwe[0]", "finding.line + 'a' == ''", "1 / 0 == 1"]
    {
        assert!(holds(text, &severe()).is_err(), "{text}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    /// Whatever is written there: an answer or an error, and no panic that leaves.
    #[test]
    fn no_text_is_too_odd(text in "\\PC{0,60}") {
        let _ = Expression::compile(&text);
    }

    #[test]
    fn no_row_of_tokens_is_too_odd(tokens in prop::collection::vec(prop::sample::select(TOKENS), 0..40)) {
        if let Ok(expression) = Expression::compile(&tokens.concat()) {
            let finding = package();
            let _ = expression.holds(&Subject { case: &case(&finding, NEW, false, NOW) });
        }
    }
}

const TOKENS: &[&str] = &[
    "finding",
    ".",
    "path",
    "package",
    "cwe",
    "line",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    "'",
    "\"",
    "a",
    "\\",
    "\\u",
    "0x",
    "9999999999999999999",
    "1",
    "-1",
    "1.5e999",
    "u",
    "b'",
    "r'",
    "'a'",
    " in ",
    "==",
    "!=",
    "<",
    ">=",
    "&&",
    "||",
    "!",
    "-",
    "+",
    "*",
    "/",
    "%",
    "?",
    ":",
    ",",
    "`",
    "null",
    "true",
    ".exists(x, ",
    ".all(x, ",
    "has(",
    "size(",
    ".matches('a')",
    "int(",
    "\n",
    " ",
    "漢",
    "//",
    ".?",
    "finding.line",
    "finding.path",
    "finding.cwe",
    " == 1",
];
