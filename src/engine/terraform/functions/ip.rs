//! Functions of IP networks.

use super::Needs::All;
use super::{Call, Function, MANY, Value, Wrong, function};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

pub(super) const FUNCTIONS: &[Function] = &[
    function("cidrcontains", All, (2, 2), contains),
    function("cidrhost", All, (2, 2), host),
    function("cidrnetmask", All, (1, 1), netmask),
    function("cidrsubnet", All, (3, 3), subnet),
    function("cidrsubnets", All, (1, MANY), subnets),
];

/// Addresses that share their first `prefix` bits.
#[derive(Clone, Copy)]
struct Network {
    /// The address with the bits after the prefix unset.
    base: u128,
    prefix: u32,
    /// Bits of an address: 32 or 128.
    bits: u32,
}

impl Network {
    fn new(address: u128, prefix: u32, bits: u32) -> Option<Self> {
        let base = address & !host_mask(bits.checked_sub(prefix)?);
        Some(Self { base, prefix, bits })
    }

    fn read(text: &str) -> Option<Self> {
        let (address, prefix) = text.split_once('/')?;
        let digits = !prefix.is_empty() && prefix.bytes().all(|byte| byte.is_ascii_digit());
        let (address, bits) = read_address(address)?;
        Self::new(address, prefix.parse().ok().filter(|_| digits)?, bits)
    }

    fn holds(&self, other: &Network) -> bool {
        let mask = !host_mask(self.bits - self.prefix);
        self.bits == other.bits && self.prefix <= other.prefix && other.base & mask == self.base
    }

    /// The subnet of this number, its prefix longer by some bits.
    fn subnet(&self, longer: u32, number: u128) -> Option<Self> {
        let prefix = self.prefix.checked_add(longer).filter(|prefix| *prefix <= self.bits)?;
        let fits = longer >= 128 || number >> longer == 0;
        let base = self.base | number.checked_shl(self.bits - prefix).unwrap_or(0);
        fits.then_some(Self { base, prefix, ..*self })
    }

    fn value(&self) -> Value {
        Value::string(format!("{}/{}", address_text(self.base, self.bits), self.prefix))
    }
}

/// The lowest bits set.
fn host_mask(bits: u32) -> u128 {
    1u128.checked_shl(bits).map_or(u128::MAX, |power| power - 1)
}

fn address_text(address: u128, bits: u32) -> String {
    match bits {
        32 => Ipv4Addr::from(address as u32).to_string(),
        _ => Ipv6Addr::from(address).to_string(),
    }
}

/// An address and its number of bits. Zeros that lead a part of an IPv4 address mean nothing, as
/// in Terraform.
fn read_address(text: &str) -> Option<(u128, u32)> {
    let plain: Vec<_> = text
        .split('.')
        .map(|part| match part.trim_start_matches('0') {
            "" if !part.is_empty() => "0",
            stripped => stripped,
        })
        .collect();
    let text = if text.contains(':') { text.to_owned() } else { plain.join(".") };
    match text.parse().ok()? {
        IpAddr::V4(address) => Some((u32::from(address).into(), 32)),
        IpAddr::V6(address) => Some((address.into(), 128)),
    }
}

fn network(call: &Call, at: usize) -> Result<Network, Wrong> {
    Network::read(&call.text(at)?).ok_or_else(|| call.not(at, "a network such as 10.0.0.0/8"))
}

/// A negative number counts from the end.
fn host(call: &Call) -> Result<Value, Wrong> {
    let (network, number) = (network(call, 0)?, i128::from(call.whole(1)?));
    let mask = host_mask(network.bits - network.prefix);
    let offset = match u128::try_from(number) {
        Ok(number) => Some(number).filter(|number| *number <= mask),
        Err(_) => mask.checked_sub(number.unsigned_abs() - 1),
    };
    match offset {
        Some(offset) => Ok(Value::string(address_text(network.base | offset, network.bits))),
        None => Err(call.failed("the network has no such host")),
    }
}

fn netmask(call: &Call) -> Result<Value, Wrong> {
    let network = network(call, 0)?;
    if network.bits != 32 {
        return Err(call.failed("only an IPv4 network has a mask"));
    }
    let mask = !(host_mask(32 - network.prefix) as u32);
    Ok(Value::string(Ipv4Addr::from(mask).to_string()))
}

fn subnet(call: &Call) -> Result<Value, Wrong> {
    let (network, longer, number) = (network(call, 0)?, call.count(1)?, call.count(2)?);
    let longer = u32::try_from(longer).unwrap_or(u32::MAX);
    match network.subnet(longer, number as u128) {
        Some(subnet) => Ok(subnet.value()),
        None => Err(call.failed("the network has no such subnet")),
    }
}

/// Subnets one after the other, each at the next multiple of its size.
fn subnets(call: &Call) -> Result<Value, Wrong> {
    let network = network(call, 0)?;
    let none = || call.failed("the network has no room for these subnets");
    let (mut next, mut made) = (Some(network.base), Vec::new());
    for at in 1..call.args.len() {
        let longer = u32::try_from(call.count(at)?).unwrap_or(u32::MAX);
        let prefix = network.prefix.checked_add(longer).filter(|prefix| *prefix <= network.bits);
        let mask = host_mask(network.bits - prefix.ok_or_else(none)?);
        let start = next.and_then(|next| next.checked_add(mask)).ok_or_else(none)? & !mask;
        let subnet = prefix.and_then(|prefix| Network::new(start, prefix, network.bits));
        let subnet = subnet.filter(|subnet| network.holds(subnet)).ok_or_else(none)?;
        made.push(subnet.value());
        next = start.checked_add(mask).and_then(|last| last.checked_add(1));
    }
    Ok(Value::list(made))
}

/// Whether a network holds an address or another network.
fn contains(call: &Call) -> Result<Value, Wrong> {
    let (network, other) = (network(call, 0)?, call.text(1)?);
    let other = match read_address(&other) {
        Some((address, bits)) => Network::new(address, bits, bits),
        None => Network::read(&other),
    };
    let other = other.ok_or_else(|| call.not(1, "an address or a network"))?;
    Ok(Value::Bool(network.holds(&other)))
}
