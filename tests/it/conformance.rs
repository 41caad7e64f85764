//! What every store does, whatever keeps it: each behaviour is tested on each database.

pub mod sample;
#[cfg(unix)]
mod shared;

/// The behaviours, for the `Scratch` and the `CASES` of the module that uses this.
macro_rules! behaviours {
    ($place:ty) => {
        use super::sample::*;
        use lockgate::finding::*;
        use lockgate::git::{Commit, Repository};
        use lockgate::policy::Decision;
        use lockgate::store::{Lifecycle, Scan, StoreError};
        use lockgate::target::Sketch;
        use proptest::prelude::*;
        use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
        use std::sync::Arc;

        use Lifecycle::{Existing, New, Reopened};

        type Scratch = super::sample::Scratch<$place>;
        const CASES: u32 = <$place as Place>::CASES;

        mod lives;
        mod model;
        mod order;
        mod prune;
        mod sightings;
        mod triage;
    };
}

#[path = "conformance"]
mod sqlite {
    behaviours!(File);
}

#[cfg(unix)]
#[path = "conformance"]
mod postgres {
    use crate::server::Database;
    use lockgate::store;

    impl Place for Database {
        const CASES: u32 = 8;

        fn new() -> Database {
            Database::new()
        }

        fn location(&self) -> store::Location {
            store::Location::of(self.url().as_ref()).unwrap()
        }
    }

    behaviours!(Database);
}
