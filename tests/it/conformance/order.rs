//! The order in which the reports of different tools for a commit arrive makes no difference.

use super::*;
use lockgate::store::{Beginning, Stay};

const TOOLS: [&str; 3] = ["python", "secrets", "trivy"];

/// What one tool says of a commit: numbers of what it found and whether each is waived, and
/// whether it ran to its end.
type Report = (BTreeMap<u8, bool>, bool);

fn report() -> impl Strategy<Value = Report> {
    let found = proptest::collection::btree_map(0u8..12, any::<bool>(), 0..6);
    (found, proptest::bool::weighted(0.8))
}

/// Which tool reports next; every tool at least once, some again.
fn arrivals() -> impl Strategy<Value = Vec<usize>> {
    proptest::collection::vec(0..TOOLS.len(), 0..4)
        .prop_map(|again| (0..TOOLS.len()).chain(again).collect::<Vec<_>>())
        .prop_shuffle()
}

fn submit(store: &Scratch, tool: usize, commit: u8, (found, complete): &Report) {
    let mut run = run(TOOLS[tool], &[""]);
    if !complete {
        run.outcome = Outcome::Incomplete("killed".into());
    }
    let findings: Vec<Finding> = found
        .iter()
        .map(|(number, waived)| Finding {
            waiver: waived.then(|| Waiver::comment("# nosec")),
            ..of(TOOLS[tool], *number)
        })
        .collect();
    let commit = Commit { id: format!("{commit:040x}"), authored: i64::from(commit) };
    let repository = Repository { commit: Some(commit), ..on("main") };
    store.record(&repository, Decision::Blocked, &[run], &findings);
}

/// A stay on the branch: how it began, by the author dates of which commits, and the waiver.
type Told = (Beginning, Option<i64>, Option<Option<i64>>, Option<Waiver>);

/// Everything that the store can tell, but for the numbers that it gives.
#[derive(Debug, PartialEq)]
struct State {
    sightings: BTreeMap<(String, String), Vec<Told>>,
    first_seen: HashMap<Fingerprint, i64>,
    scans: usize,
}

fn state(store: &Scratch) -> State {
    let mut open = store.open();
    let mut sightings = BTreeMap::new();
    for number in 0..12 {
        for known in open.find("example.org/project", &fingerprint(number).to_string()).unwrap() {
            let told = |stay: &Stay| {
                let closed = stay.closed.as_ref().map(|scan| scan.authored);
                (stay.beginning, stay.opened.authored, closed, stay.waiver.clone())
            };
            let life = open.life(known.id).unwrap().iter().map(told).collect();
            let key = (known.finding.engine.to_string(), fingerprint(number).to_string());
            assert_eq!(sightings.insert(key, life), None, "one sighting has two rows");
        }
    }
    let scans = open.scans("example.org/project", Some("main"), 1000).unwrap().len();
    State { sightings, first_seen: open.first_seen(&on("main")).unwrap(), scans }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: CASES, ..ProptestConfig::default() })]

    #[test]
    fn reports_may_come_in_any_order_and_twice(
        commits in proptest::collection::vec([report(), report(), report()], 1..4),
        orders in proptest::collection::vec(arrivals(), 4),
    ) {
        let (sorted, mixed) = (Scratch::new(), Scratch::new());
        for ((commit, reports), order) in (1..).zip(&commits).zip(&orders) {
            for (tool, report) in reports.iter().enumerate() {
                submit(&sorted, tool, commit, report);
            }
            for &tool in order {
                submit(&mixed, tool, commit, &reports[tool]);
            }
        }
        prop_assert_eq!(state(&sorted), state(&mixed));
    }
}
