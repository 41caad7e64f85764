//! Which line of a template a line of its manifest comes from, as far as their texts tell: lines
//! that are equal, and lines that begin like a template's before its first `{{`, in the same order.

/// More pairs of lines are not compared in order.
const MOST: usize = 4_000_000;

/// The lines of a manifest, each with that of its template; both count from 0.
#[derive(Debug)]
pub struct Mapping<'a> {
    template: Vec<&'a str>,
    manifest: Vec<&'a str>,
    /// None where no line of the template is like it in order.
    known: Vec<Option<usize>>,
}

impl<'a> Mapping<'a> {
    pub fn new(template: &'a str, manifest: &'a str) -> Mapping<'a> {
        let template: Vec<&str> = template.lines().map(str::trim).collect();
        let manifest: Vec<&str> = manifest.lines().map(str::trim).collect();
        let known = in_order(&template, &manifest);
        Mapping { template, manifest, known }
    }

    /// The line of the template: the one found in order, else the nearest that is like it, else
    /// that of the line before.
    pub fn line(&self, line: usize) -> usize {
        let line = line.min(self.manifest.len().saturating_sub(1));
        let before = |line: usize| self.known.iter().take(line + 1).rev().flatten().next().copied();
        let Some(&text) = self.manifest.get(line) else { return 0 };
        if let Some(known) = self.known[line] {
            return known;
        }
        let near = before(line).unwrap_or_default();
        let like = (0..self.template.len()).filter(|&at| is_like(self.template[at], text));
        like.min_by_key(|at| at.abs_diff(near)).unwrap_or(near)
    }
}

/// Whether a line of a template may have become a line of a manifest.
fn is_like(template: &str, line: &str) -> bool {
    match template.split_once("{{") {
        None => template == line && !line.is_empty(),
        Some((before, _)) => !before.is_empty() && line.starts_with(before.trim_end()),
    }
}

/// The longest sequence of lines that are alike.
fn in_order(template: &[&str], manifest: &[&str]) -> Vec<Option<usize>> {
    let mut known = vec![None; manifest.len()];
    let (rows, columns) = (template.len() + 1, manifest.len() + 1);
    if rows.saturating_mul(columns) > MOST {
        return known;
    }
    // How many lines are alike from here on.
    let mut left = vec![0_u32; rows * columns];
    for at in (0..template.len()).rev() {
        for line in (0..manifest.len()).rev() {
            left[at * columns + line] = match is_like(template[at], manifest[line]) {
                true => left[(at + 1) * columns + line + 1] + 1,
                false => left[(at + 1) * columns + line].max(left[at * columns + line + 1]),
            };
        }
    }
    let (mut at, mut line) = (0, 0);
    while at < template.len() && line < manifest.len() {
        if is_like(template[at], manifest[line]) {
            known[line] = Some(at);
            (at, line) = (at + 1, line + 1);
        } else if left[(at + 1) * columns + line] >= left[at * columns + line + 1] {
            at += 1;
        } else {
            line += 1;
        }
    }
    known
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn lines_are_found_where_they_were_written() {
        let template = "{{- if .Values.on }}\nkind: Pod\nspec:\n  containers:\n{{- range .Values.names }}\n    - name: {{ . }}\n      image: app:{{ $.Chart.Version }}\n{{- end }}\n{{- end }}\n";
        let manifest = "# Source: x/templates/pod.yaml\nkind: Pod\nspec:\n  containers:\n    - name: a\n      image: app:1\n    - name: b\n      image: app:1\n";
        let mapping = Mapping::new(template, manifest);
        let lines: Vec<usize> = (0..8).map(|line| mapping.line(line)).collect();
        assert_eq!(lines, [0, 1, 2, 3, 5, 6, 5, 6]);
    }

    proptest! {
        #[test]
        fn every_line_has_one_in_the_template(
            template in "([ a-c]|\n|\\{\\{|\\}\\}){0,60}",
            manifest in "[ a-c\n]{0,60}",
            line in 0..80_usize,
        ) {
            let found = Mapping::new(&template, &manifest).line(line);
            prop_assert!(found < template.lines().count().max(1));
        }
    }
}
