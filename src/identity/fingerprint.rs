//! The fingerprint (`lockgate/v1`): a pure function of rule, path, anchor and ordinal. It holds no
//! line number, no offset and no version, so it survives what does not change the finding itself.

use crate::finding::{Anchor, Finding, Fingerprint};
use std::collections::HashMap;

/// Numbers equal findings in the order of the file and sets every fingerprint, those of a package
/// for each id of its advisory. The findings are
/// those of whole files, sorted by place within each file.
pub fn assign(findings: &mut [Finding]) {
    let mut equal = HashMap::new();
    for finding in findings {
        let key = (finding.rule.clone(), finding.location.path.clone(), finding.anchor.clone());
        let ordinal = equal.entry(key).or_insert(0u32);
        finding.ordinal = *ordinal;
        *ordinal += 1;
        finding.fingerprint =
            fingerprint(&finding.rule, &finding.location.path, &finding.anchor, finding.ordinal);
        finding.also = aliases(finding);
    }
}

/// The fingerprints that the finding would have by the other ids of its advisory.
fn aliases(finding: &Finding) -> Vec<Fingerprint> {
    let ids = finding.package.iter().flat_map(|package| &package.advisories);
    let by = |id: &str| {
        let anchor = match finding.anchor.clone() {
            Anchor::Package { ecosystem, name, .. } => {
                Anchor::Package { ecosystem, name, advisory: id.into() }
            }
            Anchor::Image { target, name, .. } => {
                Anchor::Image { target, name, advisory: id.into() }
            }
            _ => return None,
        };
        Some(fingerprint(&finding.rule, &finding.location.path, &anchor, finding.ordinal))
    };
    let mut aliases = Vec::new();
    for alias in ids.filter_map(|id| by(id)) {
        if alias != finding.fingerprint && !aliases.contains(&alias) {
            aliases.push(alias);
        }
    }
    aliases
}

/// The fingerprint in version 1.
pub fn fingerprint(rule: &str, path: &str, anchor: &Anchor, ordinal: u32) -> Fingerprint {
    let mut hasher = blake3::Hasher::new();
    let mut fields = |fields: &[&str]| {
        for field in std::iter::once(&"lockgate/v1").chain(fields) {
            hasher.update(field.as_bytes()).update(b"\0");
        }
    };
    match anchor {
        Anchor::Code { digest, .. } => {
            fields(&[rule, path, "code"]);
            hasher.update(digest).update(&ordinal.to_le_bytes());
        }
        Anchor::Secret(bits) => {
            fields(&[rule, path, "secret"]);
            hasher.update(&bits.to_le_bytes()).update(&ordinal.to_le_bytes());
        }
        Anchor::Resource { address, attribute } => {
            fields(&["resource", rule, address, attribute]);
            hasher.update(&ordinal.to_le_bytes());
        }
        Anchor::Package { ecosystem, name, advisory } => {
            fields(&["package", ecosystem, name, path, advisory]);
        }
        Anchor::Image { target, name, advisory } => fields(&["image", target, name, advisory]),
    }
    let mut short = [0; 16];
    short.copy_from_slice(&hasher.finalize().as_bytes()[..16]);
    Fingerprint(short)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn version_one_of_the_fingerprint_stays_as_it_is() {
        let code =
            fingerprint("B602", "app/run.py", &Anchor::Code { digest: [1; 16], text: [0; 8] }, 0);
        let secret = fingerprint("github-pat", ".env", &Anchor::Secret(0xABCDE), 2);
        assert_eq!(code.to_string(), "6b9ca737cc5303e11cee69f85da330ad");
        assert_eq!(secret.to_string(), "fadba0d8a8d93bf20e034531a1b286b5");
        let resource =
            Anchor::Resource { address: "aws_s3_bucket.logs".into(), attribute: "acl".into() };
        let resource = fingerprint("AVD-AWS-0092", "main.tf", &resource, 0);
        let package = Anchor::Package {
            ecosystem: "PyPI".into(),
            name: "django".into(),
            advisory: "CVE-2024-27351".into(),
        };
        let package = fingerprint("PYSEC-2024-47", "requirements.txt", &package, 0);
        let image = Anchor::Image {
            target: "registry.example.com/shop".into(),
            name: "openssl".into(),
            advisory: "CVE-2024-0727".into(),
        };
        let image = fingerprint("CVE-2024-0727", "shop.tar", &image, 0);
        assert_eq!(resource.to_string(), "cc99e722e79669461dec88fdc9547c33");
        assert_eq!(package.to_string(), "ede49534aefc4264c859f34096026529");
        assert_eq!(image.to_string(), "7ee679ba8ca78840b4e22bb05c1b7e4a");
    }
}
