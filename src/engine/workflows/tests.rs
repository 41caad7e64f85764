//! How expressions and scripts are read, and that no text makes the engine fall.

use super::expression::Expression;
use super::template::ranges;
use super::{Workflows, is_workflow};
use crate::engine::Engine;
use crate::engine::yaml::mutated::mutated;
use crate::target::SourceFile;
use proptest::prelude::*;

const WORKFLOW: &str = "\
on:
  pull_request_target:
  workflow_dispatch: {inputs: {a: {type: string}}}
permissions: write-all
env: {A: \"${{ github.head_ref }}\"}
jobs:
  one:
    needs: [two]
    if: ${{ github.actor == 'x[bot]' }} && true
    runs-on: [self-hosted]
    container: {image: a, credentials: {password: b}}
    strategy: {matrix: {b: [\"${{ inputs.a }}\"]}}
    steps:
      - uses: actions/checkout@v7
        with:
          ref: ${{ github.event.pull_request.head.sha }}
      - id: c
        uses: tj-actions/changed-files@main
      - run: |
          echo \"${{ env.A }} ${{ steps.c.outputs.all_files }}\" >> $GITHUB_ENV
          curl https://a.example | bash; set -x; echo $B
        env: {B: \"${{ secrets.B }}\"}
      - run: \"${{ toJSON(secrets) }}\\n ${{ matrix.b }}\"
      - uses: actions/upload-artifact@v3
        with: {path: .}
  two:
    uses: a/b/.github/workflows/c.yml@v1
    secrets: inherit
    outputs: {d: \"${{ needs.one.outputs.d }}\"}
";

fn scan(text: &str) -> crate::engine::Seen {
    Workflows.scan(&SourceFile::new(".github/workflows/a.yml".into(), text.as_bytes().to_vec()))
}

#[test]
fn paths_tell_a_workflow() {
    for path in
        [".github/workflows/a.yml", "b/.gitea/workflows/a.yaml", "c.zip!.github/workflows/a.yml"]
    {
        assert!(is_workflow(path), "{path}");
    }
    for path in
        ["workflows/a.yml", ".github/a.yml", "a.github/workflows/a.yml", ".github/workflows/a.md"]
    {
        assert!(!is_workflow(path), "{path}");
    }
}

#[test]
fn expressions_are_read() {
    for good in [
        "a",
        "a.b-c.*.d",
        "a['b''c'][0].d",
        "!a",
        "!!(a)",
        "a == 'b' && c != 1 || d <= -1.5e3",
        "f()",
        "f(a, 'b', f(1))",
        "0xff",
        "a[b.c]",
        "fromJSON(a).b[0]",
        "true",
        " a ",
        "success() && !b",
    ] {
        assert!(Expression::parse(good).is_some(), "{good}");
    }
    for bad in [
        "", "a b", "a.", "a[", "'a", "\"a\"", "f(", "f(a,)", "&& a", "a ==", "1a)", "a..b",
        "${{ a }}",
    ] {
        assert!(Expression::parse(bad).is_none(), "{bad}");
    }
    let path = Expression::parse("GitHub['Event'].Issue[0]").unwrap();
    assert_eq!(path.contexts(), ["github.event.issue.*"]);
    assert!(Expression::parse(&"(".repeat(20_000)).is_none());
    assert!(Expression::parse(&"!".repeat(20_000)).is_none());
    assert!(Expression::parse(&"a[".repeat(10_000)).is_none());
}

#[test]
fn braces_in_texts_close_nothing() {
    let text = "${{ 'a }} b' }} ${{ c }} ${{ d";
    assert_eq!(
        ranges(text).map(|at| &text[at]).collect::<Vec<_>>(),
        ["${{ 'a }} b' }}", "${{ c }}"]
    );
}

#[test]
fn much_of_everything_ends() {
    let env: String = (0..300)
        .map(|n| {
            let next = format!("${{{{ env.V{} }}}}", n + 1).repeat(3);
            format!("  V{n}: {next}\n")
        })
        .collect();
    let wide = format!("${{{{ {} }}}}", vec!["env.V0"; 2_000].join(" || "));
    let escapes = "\\u0041\\n".repeat(20_000);
    for text in [
        format!("on: push\nenv:\n{env}jobs: {{a: {{steps: [{{run: \"{wide}\"}}]}}}}\n"),
        format!("on: push\njobs: {{a: {{steps: [{{run: \"{escapes}\"}}]}}}}\n"),
        format!("on: push\njobs: {{a: {{steps: [{{run: \"{}\"}}]}}}}\n", "${{".repeat(50_000)),
    ] {
        scan(&text);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn no_mutation_makes_it_fall(text in mutated(WORKFLOW)) {
        for hit in scan(&text).hits {
            prop_assert!(text.get(hit.range.clone()).is_some(), "{:?} in {text}", hit.range);
            for (edit, _) in hit.fix.into_iter().flat_map(|fix| fix.edits) {
                prop_assert!(text.get(edit.clone()).is_some(), "{edit:?} in {text}");
            }
        }
    }

    #[test]
    fn no_expression_makes_it_fall(
        parts in prop::collection::vec(prop::sample::select(vec![
            "a", ".", "*", "[", "]", "(", ")", "'", "&&", "||", "!", "==", "<", " ", ",", "1", "-", "é", "true", "f(",
        ]), 0..30),
    ) {
        let text = parts.concat();
        if let Some(expression) = Expression::parse(&text) {
            prop_assert!(!expression.all().is_empty());
        }
    }
}
