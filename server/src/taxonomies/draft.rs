//! A taxonomy as people send it: JSON of the interface, or a form; either becomes the file that is checked.

use serde::{Deserialize, Serialize};
use tingjian_schemas::Taxonomy;
use utoipa::ToSchema;

/// Groups, causes and owners, made from the version it names. What `GET /taxonomy` answers can be sent back.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Draft {
    /// The version in force that it was made from.
    pub version: u32,
    /// Departments that may own a cause; left out or empty: any.
    #[serde(default)]
    pub owners: Vec<String>,
    /// Groups with their causes.
    pub groups: Vec<DraftGroup>,
    /// Codes that are no longer leaves, and what is counted in their place.
    #[serde(default)]
    pub moved: Vec<DraftMoved>,
}

/// A group.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct DraftGroup {
    /// One word.
    pub code: String,
    /// Chinese name.
    pub zh: String,
    /// English name.
    pub en: String,
    /// Its leaves.
    #[serde(default)]
    pub causes: Vec<DraftCause>,
}

/// A leaf.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct DraftCause {
    /// `group.leaf`.
    pub code: String,
    /// Chinese name.
    pub zh: String,
    /// English name.
    pub en: String,
    /// Responsible department by default.
    pub owner: String,
    /// What belongs under it.
    pub definition: String,
}

/// A code that is no longer a leaf.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct DraftMoved {
    /// The code it had.
    pub from: String,
    /// A leaf, or `other`.
    pub into: String,
}

#[derive(Serialize)]
struct File<'a> {
    version: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    owners: Option<&'a [String]>,
    group: Vec<GroupEntry<'a>>,
    cause: Vec<&'a DraftCause>,
    #[serde(skip_serializing_if = "<[DraftMoved]>::is_empty")]
    moved: &'a [DraftMoved],
}

#[derive(Serialize)]
struct GroupEntry<'a> {
    code: &'a str,
    zh: &'a str,
    en: &'a str,
}

impl Draft {
    /// The taxonomy as it would be sent.
    pub fn of(taxonomy: &Taxonomy) -> Self {
        let leaves = |group: &str| {
            let of = taxonomy.causes.iter().filter(|cause| cause.group() == group);
            of.map(|cause| DraftCause {
                code: cause.code.to_string(),
                zh: cause.zh.clone(),
                en: cause.en.clone(),
                owner: cause.owner.to_string(),
                definition: cause.definition.clone(),
            })
            .collect()
        };
        Self {
            version: taxonomy.version,
            owners: taxonomy.owners.iter().map(|owner| owner.to_string()).collect(),
            groups: taxonomy
                .groups
                .iter()
                .map(|group| DraftGroup {
                    code: group.code.to_string(),
                    zh: group.zh.clone(),
                    en: group.en.clone(),
                    causes: leaves(&group.code),
                })
                .collect(),
            moved: taxonomy
                .moved
                .iter()
                .map(|moved| DraftMoved { from: moved.from.to_string(), into: moved.into.to_string() })
                .collect(),
        }
    }

    /// The file that [`Taxonomy::check`] reads.
    pub fn file(&self) -> String {
        let file = File {
            version: self.version,
            owners: Some(self.owners.as_slice()).filter(|owners| !owners.is_empty()),
            group: self.groups.iter().map(|g| GroupEntry { code: &g.code, zh: &g.zh, en: &g.en }).collect(),
            cause: self.groups.iter().flat_map(|group| &group.causes).collect(),
            moved: &self.moved,
        };
        // Texts, lists of texts and a number: there is nothing that TOML could not say.
        toml::to_string(&file).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_taxonomy_comes_back_as_it_went_out() {
        let shipped = Taxonomy::shipped().unwrap();
        let back = Taxonomy::parse(&Draft::of(&shipped).file()).unwrap();
        assert_eq!((back.fingerprint, back.owners), (shipped.fingerprint, shipped.owners));
    }
}
