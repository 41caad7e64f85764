//! What tfsec and Trivy have in common, whose library this was: the lines of a finding, the code
//! that is shown with it, and the addresses of what it is in.

mod code;

pub use code::{Line, code};

/// Lines of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lines {
    /// The number of the file in the project.
    pub file: u32,
    /// From 1.
    pub start: u32,
    pub end: u32,
}

impl Lines {
    pub fn is_one(&self) -> bool {
        self.start >= self.end
    }

    /// `3`, `3-5`.
    pub fn shown(&self) -> String {
        match self.is_one() {
            true => self.start.to_string(),
            false => format!("{}-{}", self.start, self.end),
        }
    }
}

/// The address within the module.
pub fn local<'i>(address: &'i str, module: &str) -> &'i str {
    match module.is_empty() {
        true => address,
        false => {
            address.strip_prefix(module).and_then(|it| it.strip_prefix('.')).unwrap_or(address)
        }
    }
}

/// The calls of the address of a module, from the outside in: `module.a["x.y"]`, `module.b`.
pub fn calls(address: &str) -> impl Iterator<Item = &str> {
    let mut rest = address;
    std::iter::from_fn(move || {
        (!rest.is_empty()).then(|| {
            let (mut in_key, mut dots, mut end) = (false, 0, rest.len());
            for (at, byte) in rest.bytes().enumerate() {
                match byte {
                    b'[' => in_key = true,
                    b']' => in_key = false,
                    b'.' if !in_key => dots += 1,
                    _ => {}
                }
                if dots == 2 {
                    end = at;
                    break;
                }
            }
            let (call, left) = rest.split_at(end);
            rest = left.strip_prefix('.').unwrap_or(left);
            call
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_fall_into_calls() {
        let address = "module.a[\"x.y\"].module.b[0].module.c";
        let found: Vec<&str> = calls(address).collect();
        assert_eq!(found, ["module.a[\"x.y\"]", "module.b[0]", "module.c"]);
        assert_eq!(calls("").count(), 0);
        assert_eq!(local("module.a.aws_x.y[0]", "module.a"), "aws_x.y[0]");
    }
}
