//! The checks, a topic a file. Each looks at a whole file and says what is at fault.

mod artifacts;
mod checkout;
mod conditions;
mod containers;
mod environment;
mod injection;
mod permissions;
mod pins;
mod runners;
mod scripts;
mod secrets;

use super::document::Document;
use crate::engine::fault::Fault;

/// Says what is at fault in a file.
pub type Check = fn(&Document) -> Vec<Fault>;

/// Every check, by the name that `match.native` of its rule has.
pub const CHECKS: &[(&str, Check)] = &[
    ("action-from-branch", pins::branches),
    ("all-secrets-in-expression", secrets::all),
    ("cache-in-release", artifacts::caches),
    ("caller-decides-script", injection::by_caller),
    ("checkout-credentials-uploaded", artifacts::credentials),
    ("checkout-of-pull-request", checkout::untrusted),
    ("condition-always-true", conditions::always_true),
    ("contains-over-text", conditions::contains),
    ("environment-from-untrusted-text", environment::untrusted),
    ("obscured-action-or-expression", conditions::obscured),
    ("official-action-not-pinned", pins::official),
    ("password-of-registry-written-out", containers::passwords),
    ("permissions-missing", permissions::missing),
    ("permissions-write-all", permissions::write_all),
    ("permissions-write-for-outsiders", permissions::for_outsiders),
    ("script-from-network", scripts::fetched),
    ("script-from-untrusted-text", injection::by_anybody),
    ("secret-printed", secrets::printed),
    ("secrets-inherited-elsewhere", secrets::inherited),
    ("self-hosted-for-pull-requests", runners::self_hosted),
    ("spoofable-bot-condition", conditions::bots),
    ("third-party-action-not-pinned", pins::third_party),
    ("unpinned-image", containers::images),
    ("unsecure-commands", environment::unsecure_commands),
];
