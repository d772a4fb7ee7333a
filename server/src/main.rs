//! tingjian-server
fn main() {}
