//! Bills of materials, which name what is scanned: configuration has no packages.

use super::{Context, Report, seconds, unique};
use crate::compat::go::json;
use crate::compat::trivy::VERSION;
use serde_json::json;
use std::io::{self, Write};

pub fn cyclonedx(report: &Report, context: &Context, out: &mut dyn Write) -> io::Result<()> {
    let own = unique(None);
    let bill = json!({
        "$schema": "http://cyclonedx.org/schema/bom-1.7.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.7",
        "serialNumber": format!("urn:uuid:{}", unique(None)),
        "version": 1,
        "metadata": {
            "timestamp": context.started.strftime("%Y-%m-%dT%H:%M:%S+00:00").to_string(),
            "tools": {"components": [{
                "type": "application",
                "manufacturer": {"name": "Aqua Security Software Ltd."},
                "group": "aquasecurity",
                "name": "trivy",
                "version": VERSION,
            }]},
            "component": {
                "bom-ref": own,
                "type": "application",
                "name": report.artifact_name,
                "properties": [{
                    "name": "aquasecurity:trivy:SchemaVersion",
                    "value": report.schema_version.to_string(),
                }],
            },
        },
        "components": [],
        "dependencies": [{"ref": own, "dependsOn": []}],
        "vulnerabilities": [],
    });
    json::write(&bill, "  ", out)?;
    out.write_all(b"\n")
}

/// The id of what is scanned: the same for the same name.
fn id(report: &Report) -> String {
    let hash = blake3::hash(report.artifact_name.as_bytes()).to_hex();
    format!("SPDXRef-Filesystem-{}", &hash[..16])
}

/// A name that no other document has.
fn namespace(report: &Report) -> String {
    format!("http://trivy.dev/filesystem/{}-{}", report.artifact_name, unique(None))
}

pub fn spdx(report: &Report, context: &Context, out: &mut dyn Write) -> io::Result<()> {
    let (name, id) = (&report.artifact_name, id(report));
    write!(
        out,
        "SPDXVersion: SPDX-2.3\nDataLicense: CC0-1.0\nSPDXID: SPDXRef-DOCUMENT\n\
         DocumentName: {name}\nDocumentNamespace: {}\nCreator: Organization: aquasecurity\n\
         Creator: Tool: trivy-{VERSION}\nCreated: {}\n\n##### Package: {name}\n\n\
         PackageName: {name}\nSPDXID: {id}\nPackageDownloadLocation: NONE\n\
         PrimaryPackagePurpose: SOURCE\nFilesAnalyzed: false\n\
         PackageLicenseConcluded: NOASSERTION\nPackageLicenseDeclared: NOASSERTION\n\n\
         ##### Relationships\n\nRelationship: SPDXRef-DOCUMENT DESCRIBES {id}\n\n",
        namespace(report),
        seconds(context.started),
    )
}

pub fn spdx_json(report: &Report, context: &Context, out: &mut dyn Write) -> io::Result<()> {
    let (id, time, tool) = (id(report), seconds(context.started), format!("Tool: trivy-{VERSION}"));
    let document = json!({
        "spdxVersion": "SPDX-2.3",
        "dataLicense": "CC0-1.0",
        "SPDXID": "SPDXRef-DOCUMENT",
        "name": report.artifact_name,
        "documentNamespace": namespace(report),
        "creationInfo": {
            "creators": ["Organization: aquasecurity", tool],
            "created": time,
        },
        "packages": [{
            "name": report.artifact_name,
            "SPDXID": id,
            "downloadLocation": "NONE",
            "filesAnalyzed": false,
            "licenseConcluded": "NOASSERTION",
            "licenseDeclared": "NOASSERTION",
            "primaryPackagePurpose": "SOURCE",
            "annotations": [{
                "annotator": tool,
                "annotationDate": time,
                "annotationType": "OTHER",
                "comment": format!("SchemaVersion: {}", report.schema_version),
            }],
        }],
        "relationships": [{
            "spdxElementId": "SPDXRef-DOCUMENT",
            "relatedSpdxElement": id,
            "relationshipType": "DESCRIBES",
        }],
    });
    json::write(&document, "  ", out)
}
