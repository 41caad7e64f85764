//! The guides that can be typed along are typed along: what they say is printed is printed.

use crate::sandbox::Sandbox;
use std::path::Path;
use std::process::Command;

/// A fenced block: what stands behind the fence, and the lines.
struct Block<'a> {
    info: &'a str,
    text: String,
}

fn blocks(guide: &str) -> Vec<Block<'_>> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut open = false;
    for line in guide.lines() {
        match line.strip_prefix("```") {
            Some(info) => {
                open = !open;
                if open {
                    blocks.push(Block { info, text: String::new() });
                }
            }
            None if open => {
                let block = blocks.last_mut().unwrap();
                block.text += &format!("{line}\n");
            }
            None => {}
        }
    }
    assert!(!open, "the last block has no end");
    blocks
}

/// Runs the commands of a block as one script; what both outputs say comes in its order.
fn type_along(sandbox: &Sandbox, commands: &str) -> String {
    let binary = Path::new(env!("CARGO_BIN_EXE_lockgate"));
    let path = std::env::var("PATH").unwrap();
    let path = format!("{}:{path}", binary.parent().unwrap().display());
    let mut shell = Command::new("sh");
    shell.args(["-c", &format!("exec 2>&1\n{commands}")]).current_dir(sandbox.path()).env_clear();
    shell.env("PATH", path).env("HOME", sandbox.path()).env("GIT_CONFIG_SYSTEM", "/dev/null");
    for role in ["AUTHOR", "COMMITTER"] {
        shell.env(format!("GIT_{role}_NAME"), "tester");
        shell.env(format!("GIT_{role}_EMAIL"), "tester@example.com");
    }
    String::from_utf8(shell.output().unwrap().stdout).unwrap()
}

/// Whether a line is what the guide says; `…` stands for anything.
fn is(line: &str, said: &str) -> bool {
    let mut parts = said.split('…');
    let mut rest = match parts.next().and_then(|first| line.strip_prefix(first)) {
        Some(rest) => rest,
        None => return false,
    };
    let mut last = "";
    for part in parts {
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
        last = part;
    }
    rest.is_empty() || (said.contains('…') && last.is_empty())
}

/// Compares line by line; a line of nothing but `…` stands for any number of lines.
fn compare(printed: &str, said: &[&str], block: &str) {
    let mut lines = printed.lines();
    let mut any = false;
    for wanted in said {
        if *wanted == "…" {
            any = true;
            continue;
        }
        let found = match any {
            true => lines.any(|line| is(line, wanted)),
            false => lines.next().is_some_and(|line| is(line, wanted)),
        };
        assert!(found, "{wanted:?} was not printed by\n{block}\nbut\n{printed}");
        any = false;
    }
    assert!(any || lines.next().is_none(), "more was printed by\n{block}\nnamely\n{printed}");
}

#[test]
fn a_findings_life() {
    follow(include_str!("../../docs/guide/walk-through.md"), 6);
}

#[test]
fn mending_by_machine() {
    follow(include_str!("../../docs/guide/fix.md"), 3);
}

#[test]
fn in_the_place_of_bandit() {
    follow(include_str!("../../docs/guide/bandit.md"), 2);
}

#[test]
fn in_the_place_of_git_secrets() {
    follow(include_str!("../../docs/guide/git-secrets.md"), 2);
}

#[test]
fn secrets_in_the_history() {
    follow(include_str!("../../docs/guide/history.md"), 3);
}

/// Types a guide along that has at least so many blocks of commands.
fn follow(guide: &str, consoles: usize) {
    let sandbox = Sandbox::empty();
    let blocks = blocks(guide);
    assert!(blocks.iter().filter(|block| block.info == "console").count() >= consoles);
    for Block { info, text } in blocks {
        match info.split_once(' ') {
            Some((_, file)) => sandbox.write(file, &text),
            None if info == "sh" => {}
            None => {
                assert_eq!(info, "console");
                let is_command = |line: &&str| line.starts_with("$ ");
                let (commands, said): (Vec<&str>, Vec<&str>) = text.lines().partition(is_command);
                let commands: Vec<&str> = commands.iter().map(|line| &line[2..]).collect();
                compare(&type_along(&sandbox, &commands.join("\n")), &said, &text);
            }
        }
    }
}

#[test]
fn anything_stands_for_anything_and_all_else_for_itself() {
    for (line, said, same) in [
        ("a b c", "a b c", true),
        ("a b c", "a … c", true),
        ("a b c", "…", true),
        ("a b c", "a …", true),
        ("a b c", "… c", true),
        ("a b c", "a b", false),
        ("a b c", "… b", false),
        ("a b c", "a … d", false),
        ("a b c", "b …", false),
    ] {
        assert_eq!(is(line, said), same, "{line:?} {said:?}");
    }
}
