//! The engine on whole files.
