//! Network services: where they listen, whom they believe, what they run for others.

use super::{Found, Text};
use crate::engine::python::args::{Call, text};
use crate::engine::python::names::Module;
use ruff_python_ast::{Expr, Number};

pub const POLICY_SETTERS: &[&str] = &["set_missing_host_key_policy"];

pub fn bind_all_interfaces<'a>(text: &Text<'a>) -> Option<Found<'a>> {
    (text.value == "0.0.0.0").then(|| Found::at(&text.range))
}

pub fn host_key<'a>(call: &Call<'a>) -> Option<Found<'a>> {
    let policy = match call.args().first()? {
        Expr::Call(made) => &*made.func,
        policy => policy,
    };
    let policy = match policy {
        Expr::Name(_) | Expr::Attribute(_) => text(policy)?,
        _ => return None,
    };
    let trusts = matches!(policy, "AutoAddPolicy" | "WarningPolicy");
    (trusts && call.imported(Module::Paramiko)).then(|| {
        Found::at(&call.place_of("set_missing_host_key_policy"))
            .message(format!("`{policy}` accepts a host key that nobody has checked"))
    })
}

pub fn paramiko_command<'a>(call: &Call<'a>) -> Option<Found<'a>> {
    call.imported(Module::Paramiko).then(|| Found::at(call.node))
}

pub fn snmp_version<'a>(call: &Call<'a>) -> Option<Found<'a>> {
    if call.qualified != "pysnmp.hlapi.CommunityData" {
        return None;
    }
    let Expr::NumberLiteral(model) = call.keyword("mpModel")? else { return None };
    let old = match &model.value {
        Number::Int(model) => *model == 0u8 || *model == 1u8,
        Number::Float(model) => *model == 0.0 || *model == 1.0,
        Number::Complex { .. } => false,
    };
    old.then(|| Found::at(&call.place_of("CommunityData")))
}

pub fn snmp_cryptography<'a>(call: &Call<'a>) -> Option<Found<'a>> {
    let weak = call.qualified == "pysnmp.hlapi.UsmUserData" && call.args().len() < 3;
    weak.then(|| Found::at(&call.place_of("UsmUserData")))
}
