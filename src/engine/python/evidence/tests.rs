//! What is told of arguments, and what is not.

use crate::engine::Engine;
use crate::engine::python::Python;
use crate::finding::Evidence;
use crate::target::SourceFile;

/// The evidence for the first finding of a rule: `constant`, or the source and its line.
fn evidence(rule: &str, source: &str) -> String {
    let file = SourceFile::new("code.py".into(), source.as_bytes().to_vec());
    let hits = Python.scan(&file).hits;
    let hit = hits.into_iter().find(|hit| hit.rule.id == rule);
    match hit.map(|hit| hit.evidence) {
        None => format!("no {rule} in {source}"),
        Some(None) => String::new(),
        Some(Some(Evidence::Constant)) => "constant".to_owned(),
        Some(Some(Evidence::Outside { source, line })) => format!("{source} {line}"),
    }
}

/// The same for a command that a shell runs, as the last of some statements.
fn shell(statements: &str) -> String {
    evidence("B605", &format!("import os, sys\n{statements}"))
}

#[test]
fn literals_are_constants_and_what_is_made_of_them() {
    for command in [
        "'ls'",
        "'ls' + ' -l'",
        "f'ls {1}'",
        "'ls %s' % 'x'",
        "'ls {}'.format('x')",
        "' '.join(['ls', '-l'])",
        "'ls' if sys.argv else 'dir'",
    ] {
        assert_eq!(shell(&format!("os.system({command})")), "constant", "{command}");
    }
    assert_eq!(evidence("B603", "import subprocess\nsubprocess.run(['ls', '-l'])"), "constant");
    assert_eq!(evidence("B307", "eval('1')"), "constant");
}

#[test]
fn a_name_is_constant_where_every_assignment_is() {
    for statements in [
        "c = 'ls'\nos.system(c)",
        "c = 'ls'\ndef f():\n    os.system(c)",
        "def f():\n    c = 'ls'\n    d = c + ' -l'\n    os.system(d)",
        "if sys.platform:\n    c = 'ls'\nelse:\n    c = 'dir'\nos.system(c)",
        "a, b = 'ls', sys.argv\nos.system(a)",
        "def f():\n    c = 'ls'\n    def g():\n        os.system(c)",
        "class A:\n    c = 'ls'\n    os.system(c)",
    ] {
        assert_eq!(shell(statements), "constant", "{statements}");
    }
    for statements in [
        "def f(c='ls'):\n    os.system(c)",
        "c = 'ls'\ndef f(c):\n    os.system(c)",
        "c = 'ls'\nc += x\nos.system(c)",
        "for c in ['ls']:\n    os.system(c)",
        "c = 'ls'\ndef f():\n    global c\n    c = x\nos.system(c)",
        "def f():\n    c = 'ls'\n    def g():\n        nonlocal c\n    os.system(c)",
        "c = 'ls'\nimport c\nos.system(c)",
        "c = 'ls'\nwith x as c:\n    os.system(c)",
        "c = 'ls'\ntry: pass\nexcept E as c: pass\nos.system(c)",
        "c = 'ls'\nmatch x:\n    case {'a': c}: pass\nos.system(c)",
        "c = 'ls'\n[c := x for x in y]\nos.system(c)",
        "c = 'ls'\n(lambda c: os.system(c))(x)",
        "c = 'ls'\ndel c\nos.system(c)",
        "class A:\n    c = 'ls'\n    def f(self):\n        os.system(c)",
        "c = 'ls'\nd = c\nd = x\nos.system(d)",
        "os.system(unknown)",
        "c = c\nos.system(c)",
        "c = 'ls'\n@decorated(c)\ndef f(c=os.system(c)): c = x",
    ] {
        let expected = if statements.contains('@') { "constant" } else { "" };
        assert_eq!(shell(statements), expected, "{statements}");
    }
}

#[test]
fn the_outside_is_followed_through_the_function() {
    for (statements, source) in [
        ("os.system(sys.argv[1])", "sys.argv 2"),
        ("from sys import argv as a\nos.system(a[1])", "sys.argv 2"),
        ("os.system('ls ' + input())", "input() 2"),
        ("os.system(os.environ['X'])", "os.environ 2"),
        ("os.system(os.getenv('X', ''))", "os.getenv() 2"),
        ("os.system(os.environ.get('X').strip())", "os.environ 2"),
        ("os.system(sys.stdin.read())", "sys.stdin 2"),
        ("def f(request):\n    os.system(request.GET['x'])", "request.GET 3"),
        ("from flask import request\nos.system(request.args.get('x'))", "request.args 3"),
        ("import flask\nos.system(flask.request.get_json()['x'])", "request.get_json 3"),
        ("def f(self):\n    os.system(self.request.body)", "request.body 3"),
        ("def f():\n    c = input()\n    d = f'ls {c}'\n    os.system(d)", "input() 3"),
        ("def f():\n    c = 'ls {}'.format(input())\n    os.system(c)", "input() 3"),
        ("def f():\n    c = ' '.join(['ls', *sys.argv])\n    os.system(c)", "sys.argv 3"),
        ("for c in sys.argv:\n    os.system(c)", "sys.argv 2"),
        ("[os.system(c) for c in sys.argv]", "sys.argv 2"),
        ("a, b = sys.argv[1:]\nos.system(b)", "sys.argv 2"),
        ("c = 'ls'\nif x:\n    c = input()\nos.system(c)", "input() 4"),
        ("c = 'ls '\nc += input()\nos.system(c)", "input() 3"),
        ("c = input()\nc = c.strip()\nos.system(c)", "input() 2"),
        (
            "async def f(request):\n    c = await request.json()\n    os.system(c['x'])",
            "request.json 3",
        ),
        ("if (c := input()):\n    os.system(c)", "input() 2"),
    ] {
        assert_eq!(shell(statements), source, "{statements}");
    }
}

#[test]
fn what_is_checked_replaced_or_only_called_so_is_not_from_outside() {
    for statements in [
        "import shlex\nos.system(shlex.quote(input()))",
        "os.system(int(sys.argv[1]))",
        "c = input()\nc = f(c)\nos.system(c)",
        "def f(request):\n    os.system(request.user.name)",
        "def f(request):\n    os.system(request)",
        "from urllib import request\nos.system(request.urlopen(x))",
        "def f():\n    request = make()\n    os.system(request.args)",
        "def f(other):\n    os.system(other.request.args)",
        "def input(): pass\nos.system(input())",
        "sys = make()\nos.system(sys.argv[1])",
        "def f(sys):\n    os.system(sys.argv[1])",
        "os.system(x)\nx = input()",
    ] {
        assert_eq!(shell(statements), "", "{statements}");
    }
    assert_eq!(shell("c = input()\nc = 'ls'\nos.system(c)"), "");
}

#[test]
fn each_rule_looks_at_what_matters_to_it() {
    for (rule, source, expected) in [
        ("B301", "import pickle, sys\npickle.load(sys.stdin.buffer)", "sys.stdin 2"),
        (
            "B301",
            "import pickle, io\ndef f(request):\n    pickle.load(io.BytesIO(request.body))",
            "request.body 3",
        ),
        ("B506", "import yaml\nyaml.load('a: 1')", "constant"),
        ("B310", "import urllib.request as r\nr.urlopen('https://x.test')", "constant"),
        ("B314", "import xml.etree.ElementTree as e\ne.parse('a.xml')", ""),
        ("B606", "import os\nos.execl('/bin/ls', 'ls')", "constant"),
        ("B606", "import os\nos.execl('/bin/ls', x)", ""),
        ("B608", "t = 't'\nq = 'select a from ' + t", "constant"),
        ("B608", "q = 'select a from ' + input() + ' where 1'", "input() 1"),
        (
            "B608",
            "def f(request):\n    c.execute(f'select a from b where c = {request.GET}')",
            "request.GET 2",
        ),
        ("B608", "import sys\nc.execute('select a from {}'.format(sys.argv[1]))", "sys.argv 2"),
        ("B608", "q = 'select %s from a' % x", ""),
        ("B404", "import subprocess", ""),
        ("B607", "import subprocess\nsubprocess.run(['ls'])", ""),
    ] {
        assert_eq!(evidence(rule, source), expected, "{source}");
    }
}

#[test]
fn it_ends_on_names_that_double_and_on_circles() {
    let doubled: String = (1..60).map(|n| format!("a{n} = a{} + a{}\n", n - 1, n - 1)).collect();
    assert_eq!(shell(&format!("a0 = 'x'\n{doubled}os.system(a59)")), "");
    assert_eq!(shell("a = b\nb = a\nos.system(a)"), "");
    let many = "a = 'x'\n".repeat(20_000) + &"os.system(a)\n".repeat(20_000);
    assert_eq!(shell(&many), "");
    let nested: String = (0..90).map(|n| format!("{}def f{n}():\n", " ".repeat(n))).collect();
    let calls: String = (0..2_000).map(|_| format!("{}os.system(x)\n", " ".repeat(90))).collect();
    assert_eq!(shell(&format!("{nested}{calls}")), "");
}

#[test]
fn what_can_be_filled_later_is_no_constant() {
    for statements in [
        "c = []\nc.append(sys.argv[1])\nos.system(','.join(c))",
        "c = {}\nc['n'] = x\nos.system('ls %s' % c['n'])",
        "c = ['ls']\nc[0] = x\nos.system(c[0])",
        "c = []\nfill(c)\nos.system(' '.join(c))",
        "c = ([], 'ls')\nfill(c)\nos.system(' '.join(c[0]))",
        "C = {}\ndef f():\n    C['n'] = x\ndef g():\n    os.system(f'ls {C}')",
        "c = 'ls -l'.split()\nc.append(x)\nos.system(' '.join(c))",
        "c = list('ls')\nc.append(x)\nos.system(' '.join(c))",
    ] {
        assert_eq!(shell(statements), "", "{statements}");
    }
    let statements = "c = ' '.join(['ls', '-l'])\nos.system(c)";
    assert_eq!(shell(statements), "constant", "nobody can fill a text");
}

#[test]
fn the_names_of_a_comprehension_are_its_own() {
    for (statements, expected) in [
        ("c = 'ls'\n[c for c in sys.argv]\nos.system(c)", "constant"),
        ("c = 'ls'\n{c: d for c, d in sys.argv}\nos.system(c)", "constant"),
        ("c = 'ls'\n[os.system(c) for c in sys.argv]", "sys.argv 3"),
        ("c = sys.argv\n[os.system(c) for c in c]", "sys.argv 2"),
        ("c = sys.argv\n[x for x in os.system(c[0])]", "sys.argv 2"),
        ("c = sys.argv\nc = 'ls'\n[os.system(c) for d in x]", ""),
        ("c = 'ls'\n[os.system(c) for d in x]", "constant"),
        ("c = 'ls'\nd = [c := x for x in sys.argv]\nos.system(c)", ""),
        ("[os.system(c) for d in sys.argv for c in d]", "sys.argv 2"),
    ] {
        assert_eq!(shell(statements), expected, "{statements}");
    }
}

#[test]
fn a_format_is_part_of_the_text() {
    assert_eq!(shell("os.system(f\"{1:{sys.argv[1]}}\")"), "sys.argv 2");
    assert_eq!(shell("os.system(f\"{1:{x}}\")"), "");
    assert_eq!(shell("os.system(f\"{1:{2}}\")"), "constant");
}
