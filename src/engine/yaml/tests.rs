//! What the reader makes of texts.

use super::{Content, Node, Scalar, Trouble, read};
use proptest::prelude::*;

/// A node as one line.
fn shown(node: &Node) -> String {
    let tag = node.tag.as_deref().map(|tag| format!("{tag} ")).unwrap_or_default();
    let content = match &node.content {
        Content::Scalar(Scalar::Text, text) => format!("{text:?}"),
        Content::Scalar(Scalar::Null, _) => "null".to_owned(),
        Content::Scalar(Scalar::Bool(it), _) => it.to_string(),
        Content::Scalar(Scalar::Number(it), _) => it.to_string(),
        Content::List(items) => {
            format!("[{}]", items.iter().map(shown).collect::<Vec<_>>().join(" "))
        }
        Content::Map(entries) => {
            let entry = |e: &super::Entry| format!("{}={}", e.key, shown(&e.value));
            format!("{{{}}}", entries.iter().map(entry).collect::<Vec<_>>().join(" "))
        }
    };
    tag + &content
}

fn all(text: &str) -> String {
    let stream = read(text);
    assert_eq!(stream.trouble, None, "{text}");
    let documents = stream.documents.iter().map(|document| shown(&document.root));
    documents.collect::<Vec<_>>().join(" --- ")
}

#[test]
fn yaml_means_what_its_core_schema_says() {
    for (text, expected) in [
        ("a: 1\nb: [x, 'y', \"1\", 0x1f, 0o17, -2.5e3]", r#"{a=1 b=["x" "y" "1" 31 15 -2500]}"#),
        ("a: yes\nb: true\nc:\nd: ~\ne: ''", r#"{a="yes" b=true c=null d=null e=""}"#),
        (
            "a: 1.2.3\nb: 12e\nc: 0x\nd: 0x+1\ne: 1_000",
            r#"{a="1.2.3" b="12e" c="0x" d="0x+1" e="1_000"}"#,
        ),
        ("a: 1\n---\n---\nb: 2\n...\n", "{a=1} --- null --- {b=2}"),
        ("a: |\n  one\n  two\nb: >-\n  one\n  two", r#"{a="one\ntwo\n" b="one two"}"#),
        (
            "a: !Ref b\nc: !Sub [d, {e: f}]\ng: !!str 1",
            r#"{a=!Ref "b" c=!Sub ["d" {e="f"}] g="1"}"#,
        ),
        ("{\"a\":\t[1,\r\n\ttrue, null, \"\\u00e9\\/\"]}", r#"{a=[1 true null "é/"]}"#),
        ("\u{feff}a: 1", "{a=1}"),
        ("", ""),
    ] {
        assert_eq!(all(text), expected, "{text}");
    }
}

#[test]
fn aliases_and_merges_give_what_they_name() {
    let text = "base: &base {a: 1, b: 2}\nother: &other {b: 3, c: 4}\n\
                x: {<<: *base, b: 0}\ny: {<<: [*base, *other]}\nz: *base\n";
    assert!(all(text).ends_with("x={b=0 a=1} y={a=1 b=2 c=4} z={a=1 b=2}}"), "{}", all(text));
}

#[test]
fn of_equal_keys_the_last_counts_and_the_place_is_known() {
    let text = "a: 1\nb: 2\na: 3\n";
    let stream = read(text);
    assert_eq!(shown(&stream.documents[0].root), "{a=3 b=2}");
    assert_eq!(stream.documents[0].duplicates, vec![10..14]);
}

#[test]
fn places_are_those_of_the_text() {
    let text =
        "top:\n  list:\n    - name: é # why\n      on: true\n\n    - {name: b}\n  # end\nlast:\n";
    let stream = read(text);
    let root = &stream.documents[0].root;
    let list = root.get("top").and_then(|top| top.get("list")).unwrap();
    let places: Vec<&str> = list.items().iter().map(|item| &text[item.range.clone()]).collect();
    assert_eq!(places, ["name: é # why\n      on: true", "{name: b}"]);
    let places: Vec<&str> = root.entries().iter().map(|it| &text[it.range.clone()]).collect();
    assert!(places[0].starts_with("top:") && places[0].ends_with("{name: b}"), "{places:?}");
    assert!(places[1].starts_with("last"), "{places:?}");
}

#[test]
fn what_is_before_an_error_is_read() {
    let stream = read("a: 1\n---\nb: 2\n---\nc: [1\n");
    assert_eq!(stream.documents.len(), 2);
    assert!(matches!(stream.trouble, Some(Trouble::Malformed { line: 5.., .. })), "{stream:?}");
}

#[test]
fn bombs_are_refused() {
    let mut laughs = "a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]\n".to_owned();
    let mut deep = "a0: &a0 [1]\n".to_owned();
    for level in 1..200 {
        let below = format!("*a{}", level - 1);
        laughs += &format!("a{level}: &a{level} [{}]\n", [below.as_str(); 9].join(", "));
        deep += &format!("a{level}: &a{level} [[[[[[[[{below}]]]]]]]]\n");
    }
    let merged = format!(
        "a: &a {{{}}}\n{}",
        (0..1_000).map(|n| format!("k{n}: 1")).collect::<Vec<_>>().join(", "),
        (0..2_000).map(|n| format!("b{n}: {{<<: *a}}\n")).collect::<String>(),
    );
    for text in [
        laughs,
        deep,
        merged,
        "[".repeat(100_000),
        "- ".repeat(100_000),
        (0..2_000).map(|n| format!("{}a:\n", " ".repeat(n))).collect(),
        format!("a: &a 1\nb: [{}]", "*a, ".repeat(30_000)),
    ] {
        let trouble = read(&text).trouble;
        assert!(trouble.is_some(), "{}", &text[..60]);
    }
    assert!(matches!(read("a: &a [*a]").trouble, Some(Trouble::Malformed { line: 1, .. })));
}

fn inside(node: &Node, text: &str) -> Result<(), TestCaseError> {
    prop_assert!(text.get(node.range.clone()).is_some(), "{:?} in {text:?}", node.range);
    for entry in node.entries() {
        prop_assert!(text.get(entry.range.clone()).is_some(), "{:?} in {text:?}", entry.range);
        inside(&entry.value, text)?;
    }
    node.items().iter().try_for_each(|item| inside(item, text))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn nothing_panics_and_every_range_is_in_the_text(
        parts in prop::collection::vec(
            prop::sample::select(vec![
                "a", "é", ": ", ":", "- ", "\n", "\n  ", "\n    ", "{", "}", "[", "]", ", ", "&a ",
                "*a", "<<: ", "'", "\"", "|\n", ">-\n", "# c", "---\n", "...\n", "!Ref ", "!!int ",
                "? ", "\t", "\\", "%YAML 1.2\n", "0x1", "~", "\u{feff}", "\r\n", "\u{1f600}",
            ]),
            0..40,
        ),
    ) {
        let text: String = parts.concat();
        for document in read(&text).documents {
            inside(&document.root, &text)?;
            for duplicate in &document.duplicates {
                prop_assert!(duplicate.end <= text.len());
            }
        }
    }
}
