//! How Dockerfiles are read, and that no text makes the engine fall.

use super::instruction::{Dockerfile, Keyword};
use super::parse::parse;
use super::scope::walk;
use super::shell::commands;
use super::text::Text;
use super::view::View;
use super::{Docker, is_dockerfile};
use crate::engine::{Engine, Hit};
use crate::target::SourceFile;
use proptest::prelude::*;

fn shown(file: &Dockerfile) -> Vec<String> {
    let line = |it: &super::instruction::Instruction| {
        let flags: Vec<&str> = it.flags.iter().map(|flag| flag.text.as_str()).collect();
        let words: Vec<&str> = it.arguments.as_str().split_whitespace().collect();
        format!("{:?} {flags:?} {}", it.keyword, words.join(" "))
    };
    file.instructions.iter().map(line).collect()
}

fn scan(source: &str) -> Vec<Hit> {
    let file = SourceFile::new("Dockerfile".into(), source.into());
    Docker.scan(&file).hits
}

/// `DS-0001 1-2` for each finding of a rule.
fn places(source: &str, rule: &str) -> Vec<(u32, u32)> {
    let file = SourceFile::new("Dockerfile".into(), source.into());
    let hits = Docker.scan(&file).hits.into_iter().filter(|hit| hit.rule.id == rule);
    let line = |at: usize| file.lines().line(at);
    hits.map(|hit| (line(hit.range.start), line(hit.range.end - 1))).collect()
}

#[test]
fn names_tell_a_dockerfile() {
    let yes = ["Dockerfile", "a/Dockerfile.prod", "Dockerfile.prod.arm64", "api.Dockerfile"];
    let also = ["x.dockerfile", "Containerfile", "a/Containerfile.dev", "b.containerfile"];
    assert!(yes.iter().chain(&also).all(|path| is_dockerfile(path)));
    let no = [
        "Dockerfiles",
        "Dockerfile.dockerignore",
        "Dockerfile.j2",
        "dockerfile/a",
        "my-Dockerfile",
    ];
    assert!(!no.iter().any(|path| is_dockerfile(path)));
}

#[test]
fn lines_go_on_over_comments_and_blank_lines() {
    let source = "# syntax=docker/dockerfile:1\r\nfrom a\r\nRUN --network=none one \\\r\n  # why\r\n\r\n  && two\\\\\r\nCMD x\r\n";
    let file = parse(source);
    let expected = ["From [] a", "Run [\"--network=none\"] one && two\\\\", "Cmd [] x"];
    assert_eq!(shown(&file), expected);
    let run = &file.instructions[1];
    assert!(source[run.range.clone()].ends_with("two\\\\"));
    assert_eq!(file.trouble, None);
}

#[test]
fn another_escape_character_leaves_paths_alone() {
    let file = parse("# escape=`\nFROM a\nCOPY a `\n b C:\\\nWORKDIR C:\\\n");
    assert_eq!(shown(&file), ["From [] a", "Copy [] a b C:\\", "Workdir [] C:\\"]);
}

#[test]
fn heredocs_end_where_they_say() {
    let source = "FROM a\nRUN <<A cat <<-'B'\nFROM x\nA\n\tUSER y\n\tB\nCOPY <<EOF /x\nEXPOSE 22\nEOF\nCMD z\n";
    let file = parse(source);
    assert_eq!(shown(&file).len(), 4);
    let bodies = file.instructions[1].heredocs.iter();
    let bodies: Vec<&str> = bodies.map(Text::as_str).collect();
    assert_eq!(bodies, ["FROM x\n", "\tUSER y\n"]);
    assert!(source[file.instructions[2].range.clone()].ends_with("22\nEOF"));
    assert!(parse("FROM a\nRUN <<EOF\nx\n").trouble.is_some());
    assert_eq!(parse("FROM a\nRUN echo $((1 << 2)) && cat <<< x\n").trouble, None);
}

#[test]
fn lists_are_told_from_shell_form() {
    let file = parse("FROM a\nRUN [\"sh\", \"-c\", \"a\\u0020&& b\"]\nCMD [ -f x ]\nCMD []\n");
    let lists: Vec<bool> = file.instructions.iter().map(|it| it.list.is_some()).collect();
    assert_eq!(lists, [false, true, false, true]);
    let list = file.instructions[1].list.as_ref().unwrap();
    assert_eq!(list[2].as_str(), "a && b");
}

#[test]
fn triggers_and_what_is_no_instruction() {
    let file = parse("FROM a\nONBUILD RUN x\nnonsense here\nUSER b\n");
    assert_eq!(shown(&file), ["From [] a", "Run [] x", "User [] b"]);
    assert!(file.instructions[1].is_trigger);
    assert_eq!(file.trouble, Some((21, "no instruction of a Dockerfile")));
}

#[test]
fn variables_are_known_where_they_are_set() {
    let source = "ARG V=1\nARG W\nFROM a:$V AS b\nARG V\nENV P=/opt Q=\"$P x\" R='$P'\nLABEL ${P}/${V} $Q ${R} ${W:-w} ${P:+y}\n\
                  FROM b\nLABEL $P ${V:-none} ${V:+set} ${P%x} \\$P $HOME\n";
    let file = parse(source);
    let mut seen = Vec::new();
    walk(&file, |_, instruction, scope| {
        if matches!(instruction.keyword, Keyword::Label | Keyword::From) {
            seen.push(scope.expand(instruction.arguments.as_str()));
        }
    });
    assert_eq!(seen[0], "a:1 AS b");
    assert_eq!(seen[1], "/opt/1 \0 x $P w y");
    assert_eq!(seen[3], "/opt none \0 \0 $P \0");
}

#[test]
fn scripts_fall_into_commands() {
    let script = "A=1 b --x 'c && d' && (cd e;f)|| if ! g 2>&1 | h; then i\\\n j; fi # k\ncat <<X\nl\nX\nm \"$(n; o)\" &";
    let text = Text::new(script, 100);
    let found: Vec<Vec<String>> = commands(&text)
        .iter()
        .map(|command| command.words.iter().map(|word| word.text.clone()).collect())
        .collect();
    let expected: &[&[&str]] = &[
        &["b", "--x", "c && d"],
        &["cd", "e"],
        &["f"],
        &["g", "2>&1"],
        &["h"],
        &["i", "j"],
        &["cat"],
        &["m", "$(n; o)"],
    ];
    assert_eq!(found, expected);
    assert_eq!(commands(&text)[0].range(), 104..118);
}

#[test]
fn the_place_is_all_of_the_instruction() {
    let source =
        "FROM debian:12\nRUN apt-get update && \\\n  # tools\n  apt-get install -y git\nUSER 1\n";
    assert_eq!(places(source, "DS-0029"), [(2, 4)]);
    assert_eq!(places(source, "DS-0026"), [(1, 1)]);
    let heredoc = "FROM debian:12\nRUN <<EOF\nset -e\nsudo make\nEOF\n";
    assert_eq!(places(heredoc, "DS-0010"), [(2, 5)]);
}

#[test]
fn a_heredoc_counts_where_a_shell_reads_it() {
    let found = |head: &str, first: &str| {
        let source = format!("FROM a:1\n{head}\n{first}\nsudo x\nEOF\n");
        !places(&source, "DS-0010").is_empty()
    };
    assert!(found("RUN <<EOF", "set -e"));
    assert!(found("RUN bash -e <<'EOF'", "set -e"));
    assert!(found("RUN <<EOF", "#!/bin/sh"));
    assert!(!found("RUN <<EOF", "#!/usr/bin/env python3"));
    assert!(!found("RUN cat <<EOF > /x", "text"));
    assert!(!found("COPY <<EOF /x", "text"));
}

#[test]
fn stages_that_are_not_known_are_no_images() {
    let quiet = "ARG BASE\nARG TAG\nFROM $BASE\nFROM node:$TAG\nFROM node${TAG}\nFROM scratch\n";
    assert_eq!(places(quiet, "DS-0001"), []);
    let found = "ARG REGISTRY\nFROM ${REGISTRY}/node AS node\nFROM NODE\nFROM python AS python\n";
    assert_eq!(places(found, "DS-0001"), [(2, 2), (4, 4)]);
}

#[test]
fn a_value_is_masked_and_named() {
    let source = "FROM a:1\nENV DB_PASSWORD=\"correct horse\" PORT=1\nARG API_TOKEN=$OTHER\n";
    let file = SourceFile::new("Dockerfile".into(), source.into());
    let seen = Docker.scan(&file);
    let masked: Vec<&str> = seen.masks.iter().map(|mask| &source[mask.clone()]).collect();
    assert_eq!(masked, ["correct horse"]);
    let messages = seen.hits.iter().filter(|hit| hit.rule.id == "DS-0031");
    let messages: Vec<&str> = messages.map(|hit| &*hit.message).collect();
    assert_eq!(messages.len(), 2);
    assert!(messages[0].contains("`DB_PASSWORD`") && messages[1].contains("`API_TOKEN`"));
}

const SEEDS: &[&str] = &[
    "# escape=`\nARG V=${A:-${B:+c}}\nFROM a:$V AS b\nCOPY --from=b a `\n b /c\n",
    "FROM x\nRUN <<-E bash && cat <<'F' \\\n# c\n | sudo tee\n\tapt-get install a\nE\nF\n",
    "FROM x\nENV A=\"b c\" D='$A' E\\ F=\u{e9}\nRUN [\"sh\", \"-c\", \"yum install \\u00e9\"]\nUSER $A:0\n",
    "ONBUILD ADD [\"a\", \"b\"]\nEXPOSE 1-99999999999999999999999/tcp\nRUN a $(b \"`c`\") ${d}\u{2028}(\n",
];

proptest! {
    /// Whatever is written, every hit is a place of the file, and every change keeps it a text.
    #[test]
    fn mutilated_files_are_read(
        seed in 0..SEEDS.len(),
        cuts in proptest::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>()), 0..6),
        added in "[ \\\\\\n\\r\"'`$(){}<>\\[\\],:#=A-Fé0-9-]{0,24}",
    ) {
        let mut source: Vec<char> = SEEDS[seed].chars().collect();
        for (from, to) in cuts {
            if source.is_empty() {
                break;
            }
            let (from, to) = (from.index(source.len()), to.index(source.len()));
            let moved: Vec<char> = source.drain(from.min(to)..from.max(to)).take(12).collect();
            let at = to.min(source.len());
            source.splice(at..at, moved.into_iter().chain(added.chars()));
        }
        let source: String = source.into_iter().collect();
        let parsed = parse(&source);
        let view = View::new(&parsed, &source);
        for site in &view.sites {
            for word in site.words.iter().map(|(word, _)| word) {
                prop_assert!(source.get(word.range.clone()).is_some());
            }
            for command in &site.commands {
                prop_assert!(command.range().end <= source.len());
            }
        }
        for hit in scan(&source) {
            prop_assert!(source.get(hit.range.clone()).is_some_and(|text| !text.is_empty()));
            prop_assert!(source.get(hit.matched.clone()).is_some());
            for (range, _) in hit.fix.iter().flat_map(|fix| &fix.edits) {
                prop_assert!(source.get(range.clone()).is_some());
            }
        }
    }
}
