//! Taxonomy → the file it is read from.

use serde::Serialize;

use super::{Cause, Group, Moved, Taxonomy};

#[derive(Serialize)]
struct File<'a> {
    version: u32,
    owners: Vec<&'a str>,
    group: &'a [Group],
    cause: &'a [Cause],
    #[serde(skip_serializing_if = "<[Moved]>::is_empty")]
    moved: &'a [Moved],
}

pub(super) fn toml(taxonomy: &Taxonomy) -> String {
    let file = File {
        version: taxonomy.version,
        owners: taxonomy.owners.iter().map(|owner| &**owner).collect(),
        group: &taxonomy.groups,
        cause: &taxonomy.causes,
        moved: &taxonomy.moved,
    };
    // Texts, lists of texts and a number: there is nothing that TOML could not say.
    toml::to_string(&file).unwrap_or_default()
}
