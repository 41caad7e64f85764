//! Which cases are ignored: by comments, by the command line, by the configuration.

use super::Stopped;
use super::about::About;
use super::case::Case;
use super::config::Config;
use super::options::Options;
use super::severity::Level;
use crate::engine::terraform::ignore::Ignore;
use globset::{GlobBuilder, GlobMatcher};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use std::path::Path;

/// What decides it.
#[derive(Debug)]
pub struct Filter {
    comments: bool,
    workspace: String,
    today: Date,
    /// Comments of these ids do not count.
    exclude_ignores: Vec<String>,
    exclude: Vec<String>,
    /// None for all.
    include: Vec<String>,
    /// What a path must not hold, between slashes.
    exclude_paths: Vec<String>,
    exclude_globs: Vec<GlobMatcher>,
    exclude_downloaded: bool,
    minimum: Option<Level>,
    overrides: Vec<(String, Option<Level>)>,
    policies_only: bool,
}

impl Filter {
    /// # Errors
    /// A severity is none.
    pub fn new(options: &Options, config: &Config, folder: &Path) -> Result<Filter, Stopped> {
        let today = Timestamp::now().to_zoned(TimeZone::UTC).date();
        let given = |list: &str| {
            let ids = list.split(',').filter(|id| !id.is_empty());
            ids.map(str::to_owned).collect::<Vec<_>>()
        };
        // A list of the configuration takes the place of that of the command line, which tfsec
        // then adds as if it were one id.
        let joined = |own: Vec<String>, list: &str| match own.is_empty() {
            true => given(list),
            false => own.into_iter().chain([list.to_owned()]).collect(),
        };
        let minimum = match &*options.minimum_severity {
            "" => None,
            named => Some(Level::named(named).ok_or_else(|| {
                Stopped::misused(&format!(
                    "'{named}' is not a valid severity - should be one of CRITICAL, HIGH, MEDIUM, LOW"
                ))
            })?),
        };
        let of_config = config.minimum_severity.as_deref().and_then(Level::named);
        let (globs, paths): (Vec<&String>, Vec<&String>) =
            options.exclude_path.iter().partition(|path| path.contains('*'));
        let glob = |path: &&String| {
            let pattern = folder.join(path).to_string_lossy().into_owned();
            let glob = GlobBuilder::new(&pattern).literal_separator(true).build();
            glob.ok().map(|glob| glob.compile_matcher())
        };
        Ok(Filter {
            comments: !options.no_ignores,
            workspace: options.workspace.clone(),
            today,
            exclude_ignores: joined(config.exclude_ignores.clone(), &options.exclude_ignores),
            exclude: joined(config.excluded(today).map(str::to_owned).collect(), &options.exclude),
            include: match config.include.is_empty() {
                true => given(&options.filter_results),
                false => config.include.clone(),
            },
            exclude_paths: paths.iter().map(|path| format!("/{}/", clean(path))).collect(),
            exclude_globs: globs.iter().filter_map(glob).collect(),
            exclude_downloaded: options.exclude_downloaded,
            minimum: minimum.max(of_config),
            overrides: config.overrides().map(|(id, level)| (id.to_owned(), level)).collect(),
            policies_only: options.rego_only,
        })
    }

    /// Whether the rule is run at all.
    pub fn runs(&self, about: &About) -> bool {
        !self.policies_only || about.is_policy
    }

    /// The severity that the configuration gives to a rule.
    pub fn level(&self, about: &About) -> Option<Level> {
        let own = self.overrides.iter().filter(|(id, _)| about.is_called(id));
        // The long id counts before the oldest.
        own.max_by_key(|(id, _)| *id == about.long).map_or(about.level, |(_, level)| *level)
    }

    /// Whether a comment means the rule, today and here.
    pub fn heeds(&self, ignore: &Ignore, about: &About) -> bool {
        self.comments
            && ignore.until.is_none_or(|until| self.today < until)
            && ignore.workspace.as_deref().is_none_or(|name| name == self.workspace)
            && !self.exclude_ignores.iter().any(|id| **id == *ignore.rule)
            && (&*ignore.rule == "*" || about.names.iter().any(|name| **name == *ignore.rule))
    }

    /// Whether a case is left out, whatever comments say. `path` is that of its file, without a
    /// slash in front.
    pub fn drops(&self, case: &Case, path: &str, is_downloaded: bool) -> bool {
        let about = &case.about;
        let ids = |list: &[String]| about.is_in(list.iter().map(String::as_str));
        let within = format!("/{path}/");
        (!self.include.is_empty() && !ids(&self.include))
            || ids(&self.exclude)
            || self.exclude_paths.iter().any(|path| within.contains(path))
            || (!self.exclude_globs.is_empty() && self.is_in_glob(path))
            || (self.exclude_downloaded && is_downloaded)
            || self.minimum.is_some_and(|minimum| case.level < Some(minimum))
    }

    fn is_in_glob(&self, path: &str) -> bool {
        let path = format!("/{path}");
        let mut above = Path::new(&path).ancestors();
        above.any(|above| self.exclude_globs.iter().any(|glob| glob.is_match(above)))
    }
}

/// A path as Go's `filepath.Clean` leaves it.
fn clean(path: &str) -> String {
    let is_absolute = path.starts_with('/');
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            ".." if is_absolute => {}
            part => parts.push(part),
        }
    }
    let joined = parts.join("/");
    match (is_absolute, joined.is_empty()) {
        (true, _) => format!("/{joined}"),
        (false, true) => ".".to_owned(),
        (false, false) => joined,
    }
}
