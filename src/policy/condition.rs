//! Whether a rule takes a finding.

use super::case::{Case, cwe};
use super::expression::{Expression, Subject};
use super::rule::glob;
use super::{Action, Clause, Dependency, Fix, Kev, Policy, Rule, Sla};
use crate::finding::{Finding, Package, Severity};
use crate::rule::Catalogue;
use crate::target::Area;
use globset::{GlobSet, GlobSetBuilder};
use jiff::civil::Date;

/// A rule, ready to be asked.
pub struct Condition {
    clause: Clause,
    engine: Option<GlobSet>,
    rule: Option<GlobSet>,
    path: Vec<Area>,
    expr: Option<Expression>,
    /// Why it cannot be asked, where a policy came from elsewhere than a checked configuration.
    broken: Option<String>,
    sla: Sla,
    today: Date,
}

/// What a rule says of a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// Every condition holds.
    Takes,
    /// The key of the first condition that does not.
    Leaves(&'static str),
    /// What kept the expression from being evaluated; all else holds.
    Unknown(String),
}

impl Condition {
    /// Everything that decides, in order.
    pub fn all(policy: &Policy, today: Date) -> Vec<Condition> {
        let compiled = |clause| Condition::compile(clause, policy.sla_days, today);
        policy.everything().into_iter().map(compiled).collect()
    }

    fn compile(clause: Clause, sla: Sla, today: Date) -> Condition {
        let mut broken = None;
        let mut globs = |texts: &[String]| {
            let set = globs(texts);
            set.unwrap_or_else(|why| {
                broken = Some(why);
                None
            })
        };
        let rule = &clause.rule;
        let (engine, ids) = (globs(&rule.engine), globs(&rule.rule));
        let path = rule.path.iter().map(|text| Area::new(text)).collect::<Result<_, _>>();
        let path = path.unwrap_or_else(|error| {
            broken = Some(error.to_string());
            Vec::new()
        });
        let expr = rule.expr.as_deref().map(Expression::compile).transpose();
        let expr = expr.unwrap_or_else(|error| {
            broken = Some(error.to_string());
            None
        });
        Condition { engine, rule: ids, path, expr, broken, clause, sla, today }
    }

    /// What reports call the rule.
    pub fn label(&self) -> &str {
        &self.clause.label
    }

    /// The rule as the configuration writes it.
    pub fn as_written(&self) -> &Rule {
        &self.clause.rule
    }

    /// What happens to the findings it takes.
    pub fn action(&self) -> Action {
        self.clause.rule.action
    }

    /// Asks. What is quick to tell comes first, the expression last.
    pub fn ask(&self, case: &Case) -> Answer {
        let rule = &self.clause.rule;
        let severe = |least| match least {
            Severity::Unknown => case.finding.severity == Severity::Unknown,
            least => case.finding.severity >= least,
        };
        let holds = [
            ("waived", case.waived == rule.waived.unwrap_or(false)),
            ("severity", rule.severity.is_none_or(severe)),
            ("new", rule.new.is_none_or(|new| case.new == new)),
            ("age_days", rule.age_days.is_none_or(|least| case.age_days >= Some(least.into()))),
            ("live", rule.live.is_none_or(|live| case.finding.answered() == Some(live))),
            ("overdue", rule.overdue.is_none_or(|overdue| self.overdue(case) == overdue)),
        ];
        if let Some((key, _)) = holds.into_iter().find(|(_, holds)| !holds) {
            return Answer::Leaves(key);
        }
        if let Some(key) = self.package(case.finding.package.as_deref()) {
            return Answer::Leaves(key);
        }
        if let Some(key) = self.sighting(case.finding) {
            return Answer::Leaves(key);
        }
        if let Some(why) = &self.broken {
            return Answer::Unknown(why.clone());
        }
        match self.expr.as_ref().map(|expr| expr.holds(&Subject { case })) {
            None | Some(Ok(true)) => Answer::Takes,
            Some(Ok(false)) => Answer::Leaves("expr"),
            Some(Err(why)) => Answer::Unknown(why),
        }
    }

    fn overdue(&self, case: &Case) -> bool {
        let bound = self.sla.days(case.finding.severity);
        bound.zip(case.age_days).is_some_and(|(bound, age)| age > i64::from(bound))
    }

    /// The first condition about packages that does not hold.
    fn package(&self, package: Option<&Package>) -> Option<&'static str> {
        let rule = &self.clause.rule;
        let of = |holds: &dyn Fn(&Package) -> bool| package.is_some_and(holds);
        let fix = |fix| of(&|p| p.fixed_in.is_empty() == (fix == Fix::None));
        let dependency = |how| of(&|p| p.direct == Some(how == Dependency::Direct));
        let kev = |kev| {
            of(&|p| {
                p.exploited.is_some_and(|entry| match kev {
                    Kev::Listed => true,
                    Kev::Overdue => entry.due.is_none_or(|due| due < self.today),
                })
            })
        };
        // The feeds' numbers are short decimals; as such they are compared.
        let at_least = |value: Option<f32>, least: f64| value.is_some_and(|v| v >= least as f32);
        let holds = [
            ("fix", rule.fix.is_none_or(fix)),
            ("dependency", rule.dependency.is_none_or(dependency)),
            ("kev", rule.kev.is_none_or(kev)),
            ("epss", rule.epss.is_none_or(|least| of(&|p| at_least(p.epss, least)))),
            ("cvss", rule.cvss.is_none_or(|least| of(&|p| at_least(p.cvss, least)))),
        ];
        holds.into_iter().find(|(_, holds)| !holds).map(|(key, _)| key)
    }

    /// The first condition about who saw it that does not hold. For what blocks, one witness of
    /// whom all of them hold is enough; for what loosens the gate, they must hold of each.
    fn sighting(&self, finding: &Finding) -> Option<&'static str> {
        let mut fails = finding.sightings().map(|seen| self.of_one(seen));
        match self.action().loosens() {
            true => fails.find_map(|key| key),
            false => fails.try_fold("engine", |_, key| key),
        }
    }

    fn of_one(&self, seen: &Finding) -> Option<&'static str> {
        let rule = &self.clause.rule;
        let within =
            |set: &Option<GlobSet>, text: &str| set.as_ref().is_none_or(|s| s.is_match(text));
        if rule.confidence.is_some_and(|least| seen.confidence < least) {
            return Some("confidence");
        }
        if !within(&self.engine, &seen.engine) {
            return Some("engine");
        }
        if self
            .rule
            .as_ref()
            .is_some_and(|set| !Catalogue::get().goes_by(&seen.rule, |name| set.is_match(name)))
        {
            return Some("rule");
        }
        let inside = |area: &Area| area.holds(&seen.location.path);
        if !self.path.is_empty() && !self.path.iter().any(inside) {
            return Some("path");
        }
        let named = |wanted: &[u16]| cwe(seen).any(|number| wanted.contains(&number));
        (!rule.cwe.is_empty() && !named(&rule.cwe)).then_some("cwe")
    }
}

/// None for no globs, which match everything.
fn globs(texts: &[String]) -> Result<Option<GlobSet>, String> {
    if texts.is_empty() {
        return Ok(None);
    }
    let mut set = GlobSetBuilder::new();
    for text in texts {
        set.add(glob(text, true)?);
    }
    set.build().map(Some).map_err(|error| error.to_string())
}
