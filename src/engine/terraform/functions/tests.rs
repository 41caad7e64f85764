//! Calls and what they come to.

use super::*;
use proptest::prelude::*;
use std::fmt::Write;

mod known;
mod unknown;

/// A tree of two files.
struct Tree;

impl Files for Tree {
    fn read(&self, path: &str) -> Option<Arc<[u8]>> {
        match path {
            "motd.txt" => Some(Arc::from(b"hello".as_slice())),
            "image.bin" => Some(Arc::from([0xFF, 0xFE].as_slice())),
            _ => None,
        }
    }

    fn exists(&self, path: &str) -> bool {
        self.read(path).is_some()
    }

    fn glob(&self, folder: &str, pattern: &str) -> Vec<String> {
        vec![format!("{folder}/b{pattern}"), format!("{folder}/a{pattern}")]
    }

    fn render(&self, template: &str, variables: &Variables) -> Result<Value, Wrong> {
        let names: Vec<_> = variables.keys().map(|name| &**name).collect();
        Ok(Value::string(format!("{template} with {}", names.join(" and "))))
    }
}

/// Values as the tables write them: JSON, where `"?aws_vpc.main.id"` is an unknown value, `"?"` one
/// without a name, and `⟨aws_vpc.main.id⟩` the name of one in a text.
fn read(json: &str) -> Value {
    let value = call("jsondecode", &[Value::string(json)], &Tree);
    marked(&value.unwrap_or_else(|error| panic!("{json}: {error}")))
}

fn marked(value: &Value) -> Value {
    match value {
        Value::String(text) => match text.strip_prefix('?') {
            Some("") => Value::UNKNOWN,
            Some(name) => Value::Unknown(Some(Arc::new(symbol(name)))),
            None => {
                Value::string(text.replace('⟨', &OPEN.to_string()).replace('⟩', &CLOSE.to_string()))
            }
        },
        Value::List(values) => Value::list(values.iter().map(marked).collect()),
        Value::Map(entries) => {
            Value::map(entries.iter().map(|(key, value)| (key.clone(), marked(value))).collect())
        }
        other => other.clone(),
    }
}

fn symbol(name: &str) -> Symbol {
    let (address, attribute) = name.rsplit_once('.').unwrap_or((name, ""));
    Symbol { address: address.into(), attribute: attribute.into() }
}

/// The lines of a table that do not hold: `function arguments => result`, or `error`.
fn broken(table: &str) -> String {
    let mut broken = String::new();
    for line in table.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (call_text, expected) = line.split_once(" => ").unwrap_or((line, "a result"));
        let (name, args) = call_text.split_once(' ').unwrap_or((call_text, ""));
        let Value::List(args) = read(&format!("[{args}]")) else { panic!("{line}") };
        let result = call(name, &args, &Tree);
        let holds = match (&result, expected) {
            (Err(_), "error") => true,
            (Err(_), _) | (Ok(_), "error") => false,
            (Ok(value), expected) => *value == read(expected),
        };
        if !holds {
            let _ = writeln!(broken, "{line}\n    is {result:?}");
        }
    }
    broken
}

#[test]
fn a_call_says_what_is_wrong() {
    let wrong = |name, args: &str| {
        let Value::List(args) = read(args) else { panic!("{args}") };
        call(name, &args, &Tree).unwrap_err().to_string()
    };
    let said = [
        wrong("uper", r#"["a"]"#),
        wrong("upper", "[]"),
        wrong("split", r#"["a"]"#),
        wrong("log", r#"["a", 2]"#),
        wrong("join", r#"[",", {"a": 1}]"#),
        wrong("file", r#"["build/lambda.zip"]"#),
        wrong("element", "[[], 0]"),
        wrong("indent", r#"[1e15, "a\nb"]"#),
        wrong("substr", r#"["a", 0.5, 1]"#),
        wrong("format", r#"["%s"]"#),
    ];
    insta::assert_snapshot!(said.join("\n"), @r"
    there is no function `uper`
    `upper` takes 1 argument, and gets 0
    `split` takes 2 arguments, and gets 1
    argument 1 of `log` is a string where a number is needed
    argument 2 of `join` is a map where a list is needed
    `file` reads `build/lambda.zip`, which is not in the tree
    `element`: the list is empty
    the result is longer than 16 MiB or 100000 elements
    argument 2 of `substr` is a number where a whole number is needed
    `format`: argument 1 is missing
    ");
}

#[test]
fn every_function_of_the_language_is_there() {
    let names = "abs abspath alltrue anytrue base64decode base64encode base64gunzip base64gzip \
        base64sha256 base64sha512 basename bcrypt ceil chomp chunklist cidrcontains cidrhost \
        cidrnetmask cidrsubnet cidrsubnets coalesce coalescelist compact concat contains csvdecode \
        dirname distinct element endswith ephemeralasnull file filebase64 filebase64sha256 \
        filebase64sha512 fileexists filemd5 fileset filesha1 filesha256 filesha512 flatten floor \
        format formatdate formatlist indent index issensitive join jsondecode jsonencode keys \
        length list log lookup lower map matchkeys max md5 merge min nonsensitive one parseint \
        pathexpand plantimestamp pow range regex regexall replace reverse rsadecrypt sensitive \
        setintersection setproduct setsubtract setunion sha1 sha256 sha512 signum slice sort split \
        startswith strcontains strrev substr sum templatefile templatestring textdecodebase64 \
        textencodebase64 timeadd timecmp timestamp title tobool tolist tomap tonumber toset \
        tostring transpose trim trimprefix trimspace trimsuffix type upper urldecode urlencode \
        uuid uuidv5 values yamldecode yamlencode zipmap";
    let mut found: Vec<_> = FUNCTIONS.keys().copied().collect();
    found.sort_unstable();
    assert_eq!(found.join(" "), names);
}

#[test]
fn what_multiplies_itself_is_refused() {
    let nested = |leaf: Value| (0..12).fold(leaf, |inner, _| Value::list(vec![inner; 10]));
    for leaf in [Value::list(Vec::new()), Value::string("a")] {
        let bomb = nested(leaf);
        for name in ["flatten", "jsonencode", "yamlencode"] {
            assert_eq!(
                call(name, std::slice::from_ref(&bomb), &Tree),
                Err(Wrong::TooLarge),
                "{name}"
            );
        }
        assert_eq!(same(&bomb, &nested(Value::Null)), Some(false));
        let held = call("contains", &[Value::list(vec![bomb.clone()]), bomb], &Tree);
        assert_eq!(held, Ok(Value::UNKNOWN));
    }
    let hundred = Value::list(vec![Value::string("a"); 100]);
    let product = call("setproduct", &vec![hundred; 10], &Tree);
    assert_eq!(product, Err(Wrong::TooLarge));
    let anchors = "a: &a [x, x, x, x, x, x, x, x, x]\nb: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a]\n\
        c: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b]\nd: &d [*c, *c, *c, *c, *c, *c, *c, *c, *c]\n\
        e: &e [*d, *d, *d, *d, *d, *d, *d, *d, *d]\nf: [*e, *e, *e, *e, *e, *e, *e, *e, *e]\n";
    assert!(call("yamldecode", &[Value::string(anchors)], &Tree).is_err());
    let deep = (0..100_000).fold(String::new(), |text, _| text + "[");
    assert!(call("jsondecode", &[Value::string(&*deep)], &Tree).is_err());
    assert!(call("yamldecode", &[Value::string(deep)], &Tree).is_err());
}

/// Any value, with what functions trip over: marks that do not close, times, formats, networks.
fn any_value(number: BoxedStrategy<f64>) -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        Just(Value::UNKNOWN),
        Just(Value::Unknown(Some(Arc::new(symbol("aws_vpc.main.id"))))),
        any::<bool>().prop_map(Value::Bool),
        number.prop_map(Value::Number),
        (-20i32..300).prop_map(|number| Value::Number(number.into())),
        "\\PC{0,12}".prop_map(Value::string),
        "[\u{F0B00}\u{F0B01}a%/é(\\[\u{301} ]{0,8}".prop_map(Value::string),
        "%[-+# 0]{0,2}[0-9]{0,5}(\\.[0-9]{0,4})?(\\[[0-9]\\])?[vtbdoxXeEfgGsq]"
            .prop_map(Value::string),
        "[0-9]{1,3}\\.[0-9]\\.0\\.[0-9]{1,3}(/[0-9]{1,3})?".prop_map(Value::string),
        "[0-9a-f]{0,4}:(:[0-9a-f]{1,4})?(/[0-9]{1,3})?".prop_map(Value::string),
        "[0-9]{4}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-6][0-9](Z|[+-][0-2][0-9]:[0-9]{2})"
            .prop_map(Value::string),
        "[-+]?[0-9]{1,20}(\\.[0-9]{0,20})?(h|m|s|ms|ns|us)".prop_map(Value::string),
        "['YMDEhHAamsZ: é]{0,8}".prop_map(Value::string),
        Just(Value::string("dns")),
        Just(Value::string("UTF-16")),
        "[-\\[{\\]}&*!|>:, \n\"'ab1]{0,16}".prop_map(Value::string),
    ];
    leaf.prop_recursive(3, 24, 5, |inner| {
        let list = prop::collection::vec(inner.clone(), 0..5).prop_map(Value::list);
        let map =
            prop::collection::btree_map("[a-c\u{F0B00}]{0,2}".prop_map(Arc::from), inner, 0..4);
        prop_oneof![list, map.prop_map(Value::map)]
    })
}

proptest! {
    #[test]
    fn no_call_panics(
        name in prop::sample::select(FUNCTIONS.keys().copied().collect::<Vec<_>>()),
        args in prop::collection::vec(any_value(any::<f64>().boxed()), 0..5),
    ) {
        let function = FUNCTIONS[name];
        let count = args.len().clamp(function.least, function.most.min(5));
        let args: Vec<_> = args.into_iter().chain(vec![Value::string("a"); count]).take(count).collect();
        if let Ok(Value::String(text)) = call(name, &args, &Tree) {
            prop_assert!(text.len() <= MOST_TEXT);
        }
    }

    #[test]
    fn what_is_encoded_is_decoded(value in any_value(Just(0.5).boxed())) {
        for (encode, decode) in [("jsonencode", "jsondecode"), ("yamlencode", "yamldecode")] {
            let Ok(text) = call(encode, std::slice::from_ref(&value), &Tree) else { continue };
            if !partial::is_known(&value) || !matches!(text, Value::String(_)) {
                continue;
            }
            let back = call(decode, std::slice::from_ref(&text), &Tree);
            prop_assert!(back.as_ref() == Ok(&value), "{decode} of {text:?} is {back:?}");
        }
    }

    #[test]
    fn a_value_is_the_same_as_itself(value in any_value(any::<f64>().boxed())) {
        prop_assert_ne!(same(&value, &value), Some(false));
    }
}
