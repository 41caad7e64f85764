//! Every integration test in one binary, which links once: a file a capability.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on stops there")]
#![allow(clippy::duplicate_mod, reason = "one suite of behaviours, a module for each database")]

#[path = "../support/templates.rs"]
mod templates;

#[cfg(unix)]
#[path = "../support/postgres.rs"]
mod server;

mod archives;
mod attest;
mod bad_input;
mod bandit;
mod base;
mod cache;
mod canary;
mod catalogue;
mod cloudformation;
mod command_line;
mod compose;
mod conformance;
mod db;
mod decisions;
mod docker;
mod durability;
mod embedded;
mod evidence;
mod explain;
mod fix;
mod gate;
mod gate_command;
mod git_secrets;
mod gitlab_ci;
mod gitleaks;
mod gitleaks_expressions;
mod gitleaks_sources;
mod gitleaks_templates;
mod guide;
mod helm;
mod history;
mod hooks;
mod identity;
mod imported;
mod kubernetes;
mod live;
mod merge;
mod own_rules;
mod parity;
mod policy;
mod providers;
mod replay;
mod report;
mod sandbox;
mod schemas;
mod secrets_history;
mod secrets_judgement;
mod store;
mod terraform;
mod terraform_parity;
mod terraform_policies;
mod terraform_roots;
mod tfsec;
mod triage;
mod trivy;
mod trust;
mod waivers;
mod webshop;
mod workflows;
