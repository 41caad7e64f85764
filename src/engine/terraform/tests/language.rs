//! Expressions.

use super::{shown, value, value_in};

#[test]
fn operators_follow_their_precedence() {
    for (expression, expected) in [
        ("1 + 2 * 3", "7"),
        ("(1 + 2) * 3", "9"),
        ("7 % 4 - 1", "2"),
        ("-3 + 1", "-2"),
        ("10 / 4", "2.5"),
        ("1 < 2 && 2 >= 2", "true"),
        ("!true || \"true\"", "true"),
        ("\"3\" + 1", "4"),
        ("\"a\" == \"a\"", "true"),
        ("1 == \"1\"", "false"),
        ("[1, 2] == [1, 2]", "true"),
        ("null == null", "true"),
        ("1 / 0", "?"),
    ] {
        assert_eq!(shown(&value(expression)), expected, "{expression}");
    }
}

#[test]
fn what_is_not_known_decides_nothing_that_it_need_not() {
    for (expression, expected) in [
        ("false && var.unknown", "false"),
        ("var.unknown && false", "false"),
        ("true || var.unknown", "true"),
        ("var.unknown || true", "true"),
        ("true && var.unknown", "?"),
        ("!var.unknown", "?"),
        ("var.unknown == var.unknown", "true"),
        ("var.unknown == 1", "?"),
        ("\"a-${var.unknown}\" == \"b\"", "false"),
        ("\"a-${var.unknown}\" == \"a-1\"", "?"),
        ("var.unknown ? 1 : 1", "1"),
        ("var.unknown ? 1 : 2", "?"),
        ("[for x in var.unknown : x]", "?"),
        ("\"a-${var.unknown}\"", "'a-<var.unknown>'"),
        ("[1, var.unknown][0]", "1"),
        ("{ a = 1, b = var.unknown }.a", "1"),
    ] {
        assert_eq!(shown(&value(expression)), expected, "{expression}");
    }
}

#[test]
fn paths_and_splats() {
    let objects =
        "locals {\n  list = [{ a = 1, b = [1, 2] }, { a = 2, b = [3] }]\n  one = { a = 5 }\n}";
    for (expression, expected) in [
        ("local.list[1].a", "2"),
        ("local.list.0.a", "1"),
        ("local.list[*].a", "[1 2]"),
        ("local.list.*.a", "[1 2]"),
        ("local.list[*].b[0]", "[1 3]"),
        ("local.list.*.b[0]", "[1 2]"),
        ("local.one[*].a", "[5]"),
        ("null[*]", "[]"),
        ("local.one[\"a\"]", "5"),
        ("local.one.missing", "?"),
        ("local.list[7]", "?"),
    ] {
        assert_eq!(shown(&value_in(objects, expression)), expected, "{expression}");
    }
}

#[test]
fn for_expressions() {
    for (expression, expected) in [
        ("[for x in [1, 2, 3] : x * 2 if x != 2]", "[2 6]"),
        ("[for i, x in [\"a\"] : \"${i}${x}\"]", "['0a']"),
        ("{ for k, v in toset([\"a\"]) : k => v }", "{a='a'}"),
        ("{ for k, v in { a = 1, b = 2 } : v => k }", "{1='a' 2='b'}"),
        (
            "{ for x in [\"ab\", \"ac\", \"b\"] : substr(x, 0, 1) => x... }",
            "{a=['ab' 'ac'] b=['b']}",
        ),
        ("[for x in [for y in [1, 2] : y + 1] : x]", "[2 3]"),
    ] {
        assert_eq!(shown(&value(expression)), expected, "{expression}");
    }
}

#[test]
fn templates() {
    for (expression, expected) in [
        (r#""${1 + 1}""#, "2"),
        (r#""n: ${1 + 1}""#, "'n: 2'"),
        (r#""$${x} %%{y}""#, "'${x} %{y}'"),
        (r#""%{ if true }a%{ else }b%{ endif }""#, "'a'"),
        (r#""%{ for x in [1, 2] }<${x}>%{ endfor }""#, "'<1><2>'"),
        (r#""a  ${~ "b" ~}  c""#, "'abc'"),
        (r#""%{ if var.unknown }a%{ endif }!""#, "'<>!'"),
    ] {
        assert_eq!(shown(&value(expression)), expected, "{expression}");
    }
}

#[test]
fn heredocs_lose_their_indent_in_directives_too() {
    let text = "<<-EOT\n      first\n        second\n      %{ for x in [1, 2] ~}\n      item ${x}\n      %{ endfor ~}\n      last\n    EOT";
    assert_eq!(shown(&value(text)), "'first\n  second\nitem 1\nitem 2\nlast\n'");
}

#[test]
fn try_and_can_see_mistakes_but_no_unknowns() {
    for (expression, expected) in [
        ("try({ a = 1 }.b, 2)", "2"),
        ("try({ a = 1 }.a, 2)", "1"),
        ("try(var.unknown.x, 2)", "<var.unknown.x>"),
        ("can({ a = 1 }.b)", "false"),
        ("can({ a = 1 }.a)", "true"),
        ("try(local.broken, \"rest\")", "'rest'"),
        ("try(tonumber(\"x\"), 0)", "0"),
    ] {
        let declarations = "variable \"unknown\" {}\nlocals {\n  broken = [1][5]\n}";
        assert_eq!(shown(&value_in(declarations, expression)), expected, "{expression}");
    }
}

#[test]
fn functions_take_spread_lists() {
    assert_eq!(shown(&value("max([1, 7, 3]...)")), "7");
    assert_eq!(shown(&value("core::length([1, 2])")), "2");
    assert_eq!(shown(&value("provider::aws::arn_parse(\"x\")")), "?");
}
