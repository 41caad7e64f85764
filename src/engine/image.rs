//! Names of container images, wherever a file names one.

/// How surely an image is the same tomorrow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pin {
    /// By a digest, or it is not known.
    Fixed,
    Tag,
    /// `latest`, or none.
    None,
}

/// How an image is pinned. What a variable decides is taken for fixed.
pub fn pin(image: &str) -> Pin {
    let is_open = image.contains("${") || image.contains('$') || image.trim().is_empty();
    // A colon before the last slash is that of a port.
    let name = image.rsplit('/').next().unwrap_or(image);
    match name.split_once(':') {
        _ if is_open || image.contains('@') => Pin::Fixed,
        None | Some((_, "latest")) => Pin::None,
        Some(_) => Pin::Tag,
    }
}
