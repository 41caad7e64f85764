//! That no text makes the engine fall.

use super::Compose;
use crate::engine::Engine;
use crate::target::SourceFile;
use proptest::prelude::*;

const FILE: &str = "\
x-base: &base {privileged: true, cap_add: [ALL]}
services:
  one:
    <<: *base
    image: a/postgres
    user: 0
    network_mode: host
    security_opt: [\"seccomp:unconfined\"]
    volumes: [\"/:/host\", {type: bind, source: /var/run/docker.sock, target: /s}]
    ports: [\"5432:5432\", \"[::]:1:1\", 7, {target: 1, published: 2}]
  two: {extends: {service: one}}
  three: {extends: two}
";

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn no_mutation_makes_it_fall(
        changes in prop::collection::vec((any::<prop::sample::Index>(), 0_usize..12, prop::sample::select(vec![
            "", "\n", " ", ":", "'", "\"", "[", "{", "}", "é", "|", "&a ", "*a", "!x ", "- ", "\t", "$", "${", "#", "<<: ",
        ])), 0..8),
    ) {
        let mut text = FILE.to_owned();
        for (at, length, put) in changes {
            let mut start = at.index(text.len());
            while !text.is_char_boundary(start) { start -= 1; }
            let mut end = (start + length).min(text.len());
            while !text.is_char_boundary(end) { end += 1; }
            text.replace_range(start..end, put);
        }
        let file = SourceFile::new("compose.yaml".into(), text.clone().into_bytes());
        for hit in Compose.scan(&file).hits {
            prop_assert!(text.get(hit.range.clone()).is_some(), "{:?} in {text}", hit.range);
        }
    }
}
