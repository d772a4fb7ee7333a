//! tingjian
fn main() {}
