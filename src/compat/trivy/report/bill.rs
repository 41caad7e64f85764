//! Bills of materials, which name what is scanned: configuration has no packages.

use super::node::{Node, object, only};
use super::{Context, Report, seconds, unique};
use crate::compat::go::json;
use crate::compat::trivy::VERSION;
use std::io::{self, Write};

pub fn cyclonedx(report: &Report, context: &Context, out: &mut dyn Write) -> io::Result<()> {
    let own = unique(None);
    let tool = object([
        ("type", "application".into()),
        ("manufacturer", object([("name", "Aqua Security Software Ltd.".into())])),
        ("group", "aquasecurity".into()),
        ("name", "trivy".into()),
        ("version", VERSION.into()),
    ]);
    let property = object([
        ("name", "aquasecurity:trivy:SchemaVersion".into()),
        ("value", report.schema_version.to_string().into()),
    ]);
    let component = object([
        ("bom-ref", own.as_str().into()),
        ("type", "application".into()),
        ("name", report.artifact_name.as_str().into()),
        ("properties", only(property)),
    ]);
    let time = context.started.strftime("%Y-%m-%dT%H:%M:%S+00:00").to_string();
    let metadata = object([
        ("timestamp", time.into()),
        ("tools", object([("components", only(tool))])),
        ("component", component),
    ]);
    let dependency = object([("ref", own.into()), ("dependsOn", Node::List(Vec::new()))]);
    let bill = object([
        ("$schema", "http://cyclonedx.org/schema/bom-1.7.schema.json".into()),
        ("bomFormat", "CycloneDX".into()),
        ("specVersion", "1.7".into()),
        ("serialNumber", format!("urn:uuid:{}", unique(None)).into()),
        ("version", Node::Number(1)),
        ("metadata", metadata),
        ("components", Node::List(Vec::new())),
        ("dependencies", only(dependency)),
        ("vulnerabilities", Node::List(Vec::new())),
    ]);
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
    let creators = vec!["Organization: aquasecurity".into(), tool.as_str().into()];
    let annotation = object([
        ("annotator", tool.into()),
        ("annotationDate", time.as_str().into()),
        ("annotationType", "OTHER".into()),
        ("comment", format!("SchemaVersion: {}", report.schema_version).into()),
    ]);
    let package = object([
        ("name", report.artifact_name.as_str().into()),
        ("SPDXID", id.as_str().into()),
        ("downloadLocation", "NONE".into()),
        ("filesAnalyzed", Node::Bool(false)),
        ("licenseConcluded", "NOASSERTION".into()),
        ("licenseDeclared", "NOASSERTION".into()),
        ("primaryPackagePurpose", "SOURCE".into()),
        ("annotations", only(annotation)),
    ]);
    let relationship = object([
        ("spdxElementId", "SPDXRef-DOCUMENT".into()),
        ("relatedSpdxElement", id.into()),
        ("relationshipType", "DESCRIBES".into()),
    ]);
    let creation = object([("creators", Node::List(creators)), ("created", time.into())]);
    let document = object([
        ("spdxVersion", "SPDX-2.3".into()),
        ("dataLicense", "CC0-1.0".into()),
        ("SPDXID", "SPDXRef-DOCUMENT".into()),
        ("name", report.artifact_name.as_str().into()),
        ("documentNamespace", namespace(report).into()),
        ("creationInfo", creation),
        ("packages", only(package)),
        ("relationships", only(relationship)),
    ]);
    json::write(&document, "  ", out)
}
