//! What each fix makes of a source: the finding is gone, the rest is as it was.

use crate::engine::python::Python;
use crate::engine::{Engine, HitFix};
use crate::target::SourceFile;
use proptest::prelude::*;

fn scan(source: &str) -> Vec<(&'static str, Option<HitFix>)> {
    let file = SourceFile::new("code.py".into(), source.as_bytes().to_vec());
    let seen = Python.scan(&file);
    assert_eq!(seen.notifications, [], "{source}");
    seen.hits.into_iter().map(|hit| (hit.rule.id, hit.fix)).collect()
}

fn applied(source: &str, fix: &HitFix) -> String {
    let mut fixed = source.to_owned();
    for (range, text) in fix.edits.iter().rev() {
        fixed.replace_range(range.clone(), text);
    }
    fixed
}

fn count(source: &str, rule: &str) -> usize {
    scan(source).iter().filter(|(id, _)| *id == rule).count()
}

/// The source after the first fix of the rule; none where there is none. One finding is gone.
fn fixed(rule: &str, source: &str) -> Option<String> {
    let hits = scan(source);
    assert!(hits.iter().any(|(id, _)| *id == rule), "{rule} is not found in {source}");
    let fix = hits.into_iter().find(|(id, fix)| *id == rule && fix.is_some())?.1?;
    let after = applied(source, &fix);
    assert_eq!(count(&after, rule), count(source, rule) - 1, "{after}");
    Some(after)
}

/// What a call becomes, and that the import above it stays as it is.
fn call(rule: &str, import: &str, call: &str) -> String {
    let fixed = fixed(rule, &format!("{import}\n{call}")).unwrap_or_default();
    fixed.strip_prefix(import).map(|rest| rest[1..].to_owned()).unwrap_or(fixed)
}

#[test]
fn a_timeout_is_added_where_the_arguments_end() {
    let timeout = |source: &str| call("B113", "import requests", source);
    assert_eq!(timeout("requests.get(url)"), "requests.get(url, timeout=30)");
    assert_eq!(timeout("requests.get()"), "requests.get(timeout=30)");
    assert_eq!(timeout("requests.get(url,)"), "requests.get(url, timeout=30,)");
    assert_eq!(timeout("requests.get((url))"), "requests.get((url), timeout=30)");
    assert_eq!(timeout("(requests.get)(url)"), "(requests.get)(url, timeout=30)");
    assert_eq!(timeout("requests.get(url, timeout=None)"), "requests.get(url, timeout=30)");
    assert_eq!(timeout("requests.get(url, timeout=(None))"), "requests.get(url, timeout=(30))");
    assert_eq!(timeout("requests.get(*urls)"), "");
    assert_eq!(timeout("requests.post(x for x in y)"), "requests.post((x for x in y), timeout=30)");
    assert_eq!(
        timeout("requests.post((x for x in y))"),
        "requests.post((x for x in y), timeout=30)"
    );
    assert_eq!(timeout("requests.post(u, data=(a))"), "requests.post(u, data=(a), timeout=30)");
}

#[test]
fn a_line_of_its_own_where_the_last_argument_has_one() {
    let timeout = |source: &str| call("B113", "import requests", source);
    assert_eq!(
        timeout("requests.get(\n    url,  # of the shop\n)"),
        "requests.get(\n    url,  # of the shop\n    timeout=30,\n)"
    );
    assert_eq!(
        timeout("requests.get(\r\n\turl  # of the shop\r\n)"),
        "requests.get(\r\n\turl,  # of the shop\r\n\ttimeout=30\r\n)"
    );
    assert_eq!(
        timeout("requests.get(\n    # which\n    url)"),
        "requests.get(\n    # which\n    url, timeout=30)"
    );
    assert_eq!(timeout("requests.get(url\n    , )"), "requests.get(url, timeout=30\n    , )");
    assert_eq!(
        timeout("requests.get(\n    url\n    ,\n)"),
        "requests.get(\n    url, timeout=30\n    ,\n)"
    );
    assert_eq!(timeout("requests.get(  # none\n)"), "requests.get(timeout=30  # none\n)");
    assert_eq!(
        timeout("requests.post(url, {\n    'a': 1,\n})"),
        "requests.post(url, {\n    'a': 1,\n}, timeout=30)"
    );
    assert_eq!(timeout("requests.get(url, \\\n  p)"), "requests.get(url, \\\n  p, timeout=30)");
}

#[test]
fn only_what_is_told_for_sure_is_changed() {
    for source in [
        "import requests\nrequests.get(url, **options)",
        "import requests\nrequests.get(url, timeout=limit())",
        "requests = {}\nrequests.get(key)",
        "def f(requests):\n    requests.get(key)",
        "import requests\nx = f'{requests.get(url)}'",
        "from mine import *\nrequests.get(url)",
        "from . import requests\nrequests.get(url)",
        "import requests\ndef f():\n    global requests\n    requests = Fake()\nrequests.get(url)",
    ] {
        assert_eq!(fixed("B113", source), None, "{source}");
    }
}

#[test]
fn names_are_followed_to_their_imports() {
    assert_eq!(call("B113", "import requests as r", "r.get(u)"), "r.get(u, timeout=30)");
    assert_eq!(call("B113", "from requests import get", "get(u)"), "get(u, timeout=30)");
    let optional = "try:\n    import requests\nexcept ImportError:\n    requests = None";
    assert_eq!(call("B113", optional, "requests.get(u)"), "requests.get(u, timeout=30)");
    let local = "def f(u):\n    import requests\n    requests.get(u)";
    assert_eq!(
        fixed("B113", local).as_deref(),
        Some("def f(u):\n    import requests\n    requests.get(u, timeout=30)")
    );
    assert_eq!(
        call("B113", "import httpx", "httpx.Client(timeout=None)"),
        "httpx.Client(timeout=30)"
    );
}

#[test]
fn yaml_is_loaded_safely() {
    let load = |source: &str| call("B506", "import yaml", source);
    assert_eq!(load("yaml.load(text)"), "yaml.safe_load(text)");
    assert_eq!(load("yaml.load(stream=text)"), "yaml.safe_load(stream=text)");
    assert_eq!(load("yaml.load(text, yaml.Loader)"), "yaml.safe_load(text)");
    assert_eq!(load("yaml.load(text, (yaml.Loader),)"), "yaml.safe_load(text,)");
    assert_eq!(load("yaml.load(Loader=yaml.Loader, stream=text)"), "yaml.safe_load(stream=text)");
    assert_eq!(
        load("yaml.load(\n    text,  # ours\n    Loader=yaml.FullLoader,\n)"),
        "yaml.safe_load(\n    text,  # ours\n    \n)"
    );
    assert_eq!(
        load("yaml.load(text, Loader=yaml.CLoader)"),
        "yaml.load(text, Loader=yaml.CSafeLoader)"
    );
    for kept in [
        "yaml.load(text, Loader=Mine)",
        "yaml.load(text, Loader=yaml.BaseLoader)",
        "yaml.load(text, **options)",
        "yaml.load(*arguments)",
        "yaml.load(Loader=yaml.Loader)",
        "yaml.load(text, loader)",
        "yaml.load()",
    ] {
        assert_eq!(load(kept), "", "{kept}");
    }
    assert_eq!(fixed("B506", "import yaml\nfrom ruamel import yaml\nyaml.load(f)"), None);
}

#[test]
fn a_bare_name_is_added_to_its_import() {
    assert_eq!(
        fixed("B506", "import yaml\nfrom yaml import load, Loader\nload(x, Loader=Loader)"),
        Some("import yaml\nfrom yaml import load, safe_load, Loader\nsafe_load(x)".to_owned())
    );
    let both = "import yaml\ntry:\n    from yaml import load, CLoader as L\nexcept ImportError:\n    \
                from yaml import (\n        load,  # slow\n        Loader as L,\n    )\nload(x, L)";
    assert_eq!(
        fixed("B506", both).as_deref(),
        Some(
            "import yaml\ntry:\n    from yaml import load, safe_load, CLoader as L\nexcept \
             ImportError:\n    from yaml import (\n        load, safe_load,  # slow\n        \
             Loader as L,\n    )\nsafe_load(x)"
        )
    );
    assert_eq!(
        call("B506", "import yaml\nfrom yaml import load, safe_load", "load(x)"),
        "safe_load(x)"
    );
    assert_eq!(
        fixed("B506", "import yaml\nfrom yaml import load\ndef safe_load(x): pass\nload(x)"),
        None
    );
}

#[test]
fn a_temporary_file_is_made_and_not_only_named() {
    let make = |source: &str| call("B306", "import tempfile", source);
    let made = "tempfile.NamedTemporaryFile";
    assert_eq!(make("tempfile.mktemp()"), format!("{made}(delete=False).name"));
    assert_eq!(
        make("tempfile.mktemp('.x', (p), dir=d)"),
        format!("{made}(suffix='.x', prefix=(p), dir=d, delete=False).name")
    );
    assert_eq!(make("tempfile.mktemp(*a)"), "");
    let safe = |source: &str| {
        let source = format!("import tempfile\n{source}");
        scan(&source).into_iter().filter_map(|(_, fix)| fix).map(|fix| fix.safe).collect::<Vec<_>>()
    };
    assert_eq!(safe("open(tempfile.mktemp(), 'w')"), [true]);
    assert_eq!(safe("os.mkdir(tempfile.mktemp())"), [false]);
    assert_eq!(safe("open('x', tempfile.mktemp())"), [false]);
}

#[test]
fn only_archives_of_tarfile_have_filters() {
    let filter = |source: &str| call("B202", "import tarfile", source);
    assert_eq!(
        filter("tarfile.open(x).extractall()"),
        "tarfile.open(x).extractall(filter=\"data\")"
    );
    assert_eq!(
        filter("with tarfile.open(x) as t:\n    t.extractall(d, members=m)"),
        "with tarfile.open(x) as t:\n    t.extractall(d, members=m, filter=\"data\")"
    );
    assert_eq!(filter("archive.extractall()"), "");
    assert_eq!(filter("zipfile.ZipFile(x).extractall()"), "");
    assert_eq!(filter("tarfile.open(x).extractall(filter='tar')"), "");
}

#[test]
fn the_rest_is_suggested() {
    for (rule, import, before, after) in [
        ("B324", "import hashlib", "hashlib.md5()", "hashlib.md5(usedforsecurity=False)"),
        (
            "B324",
            "import hashlib",
            "hashlib.new('md5', x)",
            "hashlib.new('md5', x, usedforsecurity=False)",
        ),
        ("B324", "import hashlib", "hashlib.md5(x, usedforsecurity=True)", ""),
        (
            "B501",
            "import requests",
            "requests.get(u, verify=False)",
            "requests.get(u, verify=True)",
        ),
        ("B201", "from flask import Flask", "app.run(debug=True)", "app.run(debug=False)"),
        ("B323", "import ssl", "ssl._create_unverified_context()", "ssl.create_default_context()"),
        ("B323", "import ssl", "ssl._create_unverified_context(p)", ""),
        (
            "B507",
            "import paramiko",
            "c.set_missing_host_key_policy(paramiko.AutoAddPolicy())",
            "c.set_missing_host_key_policy(paramiko.RejectPolicy())",
        ),
        ("B614", "import torch", "torch.load(f)", "torch.load(f, weights_only=True)"),
        (
            "B614",
            "import torch",
            "torch.load(f, weights_only=False)",
            "torch.load(f, weights_only=True)",
        ),
        ("B614", "import torch", "torch.load(f, pickle_module=p)", ""),
        ("B701", "import jinja2", "jinja2.Environment()", "jinja2.Environment(autoescape=True)"),
        (
            "B701",
            "import jinja2",
            "jinja2.Environment(autoescape=False, loader=x)",
            "jinja2.Environment(autoescape=True, loader=x)",
        ),
        ("B701", "import jinja2", "jinja2.Environment(autoescape=choose)", ""),
    ] {
        assert_eq!(call(rule, import, before), after, "{before}");
        let safe = scan(&format!("{import}\n{before}"))
            .into_iter()
            .filter_map(|(id, fix)| (id == rule).then_some(fix?.safe));
        assert!(safe.into_iter().all(|safe| !safe), "{before}");
    }
}

#[test]
fn a_file_that_must_be_new_is_not_made_before() {
    for import in ["", "from os import open\n", "from os import *\n", "open = x\n"] {
        for (arguments, fine) in [
            ("", true),
            (", 'w+b'", true),
            (", mode='a', encoding='utf-8'", true),
            (", 'x'", false),
            (", mode='xb'", false),
            (", mode", false),
            (", opener=o", false),
            (", *rest", false),
            (", **rest", false),
        ] {
            let source = format!("import tempfile\n{import}open(tempfile.mktemp(){arguments})");
            let hits = scan(&source).into_iter().filter(|(id, _)| *id == "B306");
            let safe: Vec<_> = hits.map(|(_, fix)| fix.map(|fix| fix.safe)).collect();
            assert_eq!(safe, [(fine && import.is_empty()).then_some(true)], "{source}");
        }
    }
}

#[test]
fn types_that_a_loader_was_taught_are_not_lost_unseen() {
    let safe = |source: &str| {
        let hits = scan(&format!("import yaml\n{source}")).into_iter();
        hits.filter(|(id, _)| *id == "B506").map(|(_, fix)| fix.unwrap().safe).collect::<Vec<_>>()
    };
    assert_eq!(safe("yaml.load(x, Loader=yaml.Loader)"), [true]);
    for load in ["yaml.load(x)", "yaml.load(x, yaml.Loader)", "yaml.load(x, yaml.CLoader)"] {
        assert_eq!(safe(&format!("yaml.add_constructor('!t', f)\n{load}")), [false], "{load}");
        assert_eq!(safe(&format!("{load}\nclass A(yaml.YAMLObject): pass")), [false], "{load}");
    }
}

#[test]
fn a_comment_inside_the_loader_keeps_it() {
    let load = |source: &str| call("B506", "import yaml", source);
    assert_eq!(load("yaml.load(x, Loader=  # why\n  yaml.Loader)"), "");
    assert_eq!(load("yaml.load(x, (yaml.Loader  # why\n))"), "");
}

/// Calls of many shapes: every argument, layout and comment that may stand in one.
fn any_call() -> impl Strategy<Value = (&'static str, String)> {
    let called = prop::sample::select(vec![
        ("B113", "import requests", "requests.get"),
        ("B113", "from requests import post as p", "p"),
        ("B506", "import yaml", "yaml.load"),
        ("B506", "import yaml\nfrom yaml import (load)", "(load)"),
        ("B306", "import tempfile", "tempfile.mktemp"),
        ("B306", "from tempfile import mktemp as m", "m"),
        ("B324", "import hashlib", "hashlib.sha1"),
        ("B614", "import torch", "torch.load"),
        ("B701", "import jinja2", "jinja2.Environment"),
    ]);
    let argument = prop::sample::select(vec![
        "x",
        "(x)",
        "f(a, b)",
        "'é'",
        "\"\"\"a\nb\"\"\"",
        "k=1",
        "timeout=None",
        "Loader=yaml.Loader",
        "yaml.Loader",
        "stream=(x)",
        "lambda: 0",
        "*x",
        "**x",
        "x if y else z",
        "{1: 2}",
        "(yield)",
        "weights_only=False",
        "autoescape=False",
        "dir=d",
        "x for x in y",
        "(x for x in y)",
        "a := b",
    ]);
    let gap =
        prop::sample::select(vec!["", " ", "\n", "\n    ", "  # ü, (c)\n  ", "\\\n", "\t", "\r\n"]);
    let arguments = prop::collection::vec((gap.clone(), argument, gap.clone()), 0..4);
    (called, arguments, any::<bool>(), gap).prop_map(
        |((rule, import, name), arguments, comma, end)| {
            let list: Vec<String> = arguments
                .iter()
                .map(|(before, one, after)| format!("{before}{one}{after}"))
                .collect();
            let comma = if comma && !list.is_empty() { "," } else { "" };
            (
                rule,
                format!("{import}\ndef g():\n    return {name}({}{comma}{end})\n", list.join(",")),
            )
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn what_is_fixed_parses_and_is_found_no_more((rule, source) in any_call()) {
        let file = SourceFile::new("code.py".into(), source.clone().into_bytes());
        let seen = Python.scan(&file);
        let comments = |source: &str| source.matches('#').count();
        for fix in seen.hits.iter().filter(|hit| hit.rule.id == rule).filter_map(|hit| hit.fix.as_ref()) {
            let after = applied(&source, fix);
            prop_assert_eq!(scan(&after).iter().filter(|(id, _)| *id == rule).count(), 0, "{}", after);
            prop_assert_eq!(comments(&source), comments(&after), "{}", after);
        }
    }
}
