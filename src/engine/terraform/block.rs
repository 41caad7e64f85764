//! Blocks after evaluation: what checks look at.

use super::attributes::Attributes;
use super::value::Value;
use std::ops::Range;
use std::sync::Arc;

/// A place in one of the files of a project.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Place {
    /// The index of the file in `Project::files`.
    pub file: u32,
    /// Bytes of the file.
    pub range: Range<usize>,
}

/// `name = expression` after evaluation.
#[derive(Debug, Clone)]
pub struct Attribute {
    pub value: Value,
    /// From the name to the end of the expression.
    pub place: Place,
    /// The resources that the expression names, as its module does: `aws_s3_bucket.logs`,
    /// `data.aws_iam_policy_document.read`. They are told apart from the value, because a resource
    /// that is named by an attribute whose value is known leaves no symbol.
    pub refers: Option<Arc<[Arc<str>]>>,
}

/// A block after evaluation; those that `dynamic` makes stand among the others.
#[derive(Debug, Clone)]
pub struct Block {
    /// `resource`, `data`, `ingress`.
    pub kind: Arc<str>,
    /// `aws_s3_bucket`, `logs`.
    pub labels: Vec<Arc<str>>,
    pub attributes: Attributes,
    /// In the order of the file.
    pub blocks: Vec<Block>,
    /// From the kind to the closing brace.
    pub place: Place,
}

/// A resource, data source, provider … of a module, once for each of its instances.
#[derive(Debug, Clone)]
pub struct Instance {
    /// `module.data["eu"].aws_s3_bucket.logs[0]`, `data.aws_iam_policy_document.read`.
    pub address: Arc<str>,
    pub block: Block,
    /// The index of the instance of its module in `Project::modules`.
    pub module: u32,
}

/// An instance of a module: the root has no call.
#[derive(Debug, Clone)]
pub struct Module {
    /// `module.data["eu"]`; empty for a root.
    pub address: Arc<str>,
    /// The folder it is in, relative to the tree, `/`-separated; empty for the top.
    pub folder: Arc<str>,
    /// The module that calls it and the block that does.
    pub call: Option<(u32, Place)>,
}
