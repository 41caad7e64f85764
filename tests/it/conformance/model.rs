//! Random histories, beside a model that is too simple to be wrong.

use super::*;

/// One step of a random history.
#[derive(Debug, Clone)]
struct Step {
    branch: &'static str,
    /// Numbers of what is in the tree, and whether it is waived.
    tree: BTreeMap<u8, bool>,
    root: &'static str,
    complete: bool,
    decision: Decision,
}

fn step() -> impl Strategy<Value = Step> {
    let decision = prop_oneof![Just(Decision::Passed), Just(Decision::Blocked)];
    let tree = proptest::collection::btree_map(0u8..20, any::<bool>(), 0..10);
    let branch = prop_oneof![Just("main"), Just("feature"), Just("")];
    let root = prop_oneof![3 => Just(""), 1 => Just("a"), 1 => Just("b/12.py")];
    (branch, tree, root, proptest::bool::weighted(0.8), decision).prop_map(
        |(branch, tree, root, complete, decision)| Step { branch, tree, root, complete, decision },
    )
}

/// What the store ought to know, told in the plainest way.
#[derive(Default)]
struct Model {
    open: BTreeMap<&'static str, BTreeMap<u8, bool>>,
    ever: BTreeMap<&'static str, BTreeSet<u8>>,
    /// What is open and was seen by a scan that passed, waived as it is.
    passed: BTreeMap<&'static str, BTreeSet<u8>>,
    base: BTreeMap<&'static str, HashSet<Fingerprint>>,
}

impl Model {
    fn record(&mut self, step: &Step, seen: &BTreeMap<u8, bool>) -> (Vec<Lifecycle>, Vec<String>) {
        let open = self.open.entry(step.branch).or_default();
        let ever = self.ever.entry(step.branch).or_default();
        let passed = self.passed.entry(step.branch).or_default();
        let lifecycles = seen
            .keys()
            .map(|number| match (open.contains_key(number), ever.contains(number)) {
                (true, _) => Existing,
                (false, true) => Reopened,
                (false, false) => New,
            })
            .collect();
        let covered =
            |number: &u8| step.complete && finding(*number).location.path.starts_with(step.root);
        let mut fixed: Vec<String> = open
            .keys()
            .filter(|number| covered(number) && !seen.contains_key(number))
            .map(|number| finding(*number).location.path.to_string())
            .collect();
        fixed.sort();
        open.retain(|number, _| !covered(number) || seen.contains_key(number));
        passed.retain(|number| match (open.get(number), seen.get(number)) {
            (Some(was), Some(is)) => was == is,
            (still, _) => still.is_some(),
        });
        open.extend(seen);
        ever.extend(seen.keys());
        if step.decision == Decision::Passed {
            passed.extend(seen.keys());
            let unwaived =
                open.iter().filter(|(number, waived)| !**waived && passed.contains(*number));
            self.base
                .insert(step.branch, unwaived.map(|(number, _)| fingerprint(*number)).collect());
        }
        (lifecycles, fixed)
    }

    fn base(&self, branch: &str) -> Option<&HashSet<Fingerprint>> {
        self.base.get(branch).or_else(|| self.base.get("main"))
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: CASES, ..ProptestConfig::default() })]

    #[test]
    fn the_store_knows_what_a_simple_model_knows(steps in proptest::collection::vec(step(), 1..12)) {
        let store = Scratch::new();
        let mut model = Model::default();
        for step in &steps {
            let mut run = run("python", &[step.root]);
            if !step.complete {
                run.outcome = Outcome::Incomplete("killed".into());
            }
            let within = |number: &u8| finding(*number).location.path.starts_with(step.root);
            let seen: BTreeMap<u8, bool> =
                step.tree.iter().filter(|(number, _)| within(number)).map(|(n, w)| (*n, *w)).collect();
            let found: Vec<Finding> = seen
                .iter()
                .map(|(number, waived)| {
                    let waiver = waived.then(|| Waiver::comment("# nosec"));
                    Finding { waiver, ..finding(*number) }
                })
                .collect();
            let history = store.record(&on(step.branch), step.decision, &[run], &found);
            let (lifecycles, gone) = model.record(step, &seen);
            prop_assert_eq!(&history.lifecycles, &lifecycles);
            prop_assert_eq!(fixed(&history), gone);
            for branch in ["main", "feature", ""] {
                let base = store.base(branch).map(|(_, base)| base);
                prop_assert_eq!(base.as_ref(), model.base(branch));
            }
        }
    }
}
