//! Every integration test in one binary, which links once.

mod report;
