//! Chinese names for the codes of the API.

use std::{
    collections::{BTreeMap, HashMap},
    sync::LazyLock,
};

use crate::{answers::Taxonomy, client::Client};

type Names = BTreeMap<String, BTreeMap<String, String>>;

static NAMES: LazyLock<Names> = LazyLock::new(|| toml::from_str(include_str!("labels.toml")).unwrap_or_default());

/// The Chinese name of `code` in `family` (`kind`, `stream`, `verdict` …); the code itself where there is none.
pub fn of(family: &str, code: &str) -> String {
    if family == "reason" {
        return tingjian_sheets::reason_name(code);
    }
    NAMES.get(family).and_then(|f| f.get(code)).cloned().unwrap_or_else(|| code.to_owned())
}

/// Names of causes as the organisation calls them.
pub struct Causes(HashMap<String, String>);

impl Causes {
    /// Asks the server for its taxonomy. Names are an amenity: without them the codes are shown.
    pub fn ask(client: &Client) -> Self {
        let taxonomy = client.get_as::<Taxonomy>("/api/v1/taxonomy", &[]).unwrap_or_default();
        let names = taxonomy.groups.into_iter().flat_map(|g| std::iter::once(g.name).chain(g.causes));
        Self(names.map(|name| (name.code, name.zh)).collect())
    }

    /// The name of a cause; its code where it is unknown.
    pub fn name(&self, code: &str) -> String {
        match (self.0.get(code), code) {
            (Some(name), _) => name.clone(),
            (None, "other") => "其他".to_owned(),
            (None, _) => code.to_owned(),
        }
    }
}

pub use tingjian_sheets::nearest;

#[cfg(test)]
mod tests {
    use tingjian_schemas::{Kind, Reason, Stream};

    use super::*;

    #[test]
    fn every_code_of_the_contract_has_a_name() {
        for reason in Reason::ALL {
            assert_ne!(of("reason", reason.name()), reason.name());
        }
        for stream in Stream::ALL {
            assert_ne!(of("stream", stream.name()), stream.name());
        }
        for kind in Kind::ALL {
            assert_ne!(of("kind", kind.name()), kind.name());
        }
        assert_eq!(of("kind", "new_one"), "new_one");
    }
}
