//! Exit codes, by which the parent knows whether starting again helps.

/// Orderly end.
pub const OK: u8 = 0;
/// Wrong arguments, or no token.
pub const USAGE: u8 = 2;
/// Another process holds the data folder.
pub const FOLDER_HELD: u8 = 3;
/// The address is in use.
pub const ADDRESS_IN_USE: u8 = 4;
/// The library is missing or cannot be loaded.
pub const NO_LIBRARY: u8 = 5;
/// The data folder cannot be used: rights, full disk, not a folder.
pub const FOLDER_UNUSABLE: u8 = 6;
/// Anything else: the engine did not start, or statements were still running at the end of the time to finish.
pub const INTERNAL: u8 = 70;
