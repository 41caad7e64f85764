//! That no text makes the engine fall.

use super::Compose;
use crate::engine::Engine;
use crate::engine::yaml::mutated::mutated;
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
    fn no_mutation_makes_it_fall(text in mutated(FILE)) {
        let file = SourceFile::new("compose.yaml".into(), text.clone().into_bytes());
        for hit in Compose.scan(&file).hits {
            prop_assert!(text.get(hit.range.clone()).is_some(), "{:?} in {text}", hit.range);
        }
    }
}
