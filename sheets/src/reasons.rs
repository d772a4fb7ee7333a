//! Why a row is refused, in words.

use std::{collections::BTreeMap, sync::LazyLock};

type Names = BTreeMap<String, BTreeMap<String, String>>;

static NAMES: LazyLock<Names> = LazyLock::new(|| toml::from_str(include_str!("reasons.toml")).unwrap_or_default());

/// The Chinese name of a reason's code; the code itself where there is none.
pub fn reason_name(code: &str) -> String {
    NAMES.get("reason").and_then(|names| names.get(code)).cloned().unwrap_or_else(|| code.to_owned())
}

#[cfg(test)]
mod tests {
    use tingjian_schemas::Reason;

    use super::*;

    #[test]
    fn every_reason_of_the_contract_has_a_name() {
        for reason in Reason::ALL {
            assert_ne!(reason_name(reason.name()), reason.name());
        }
        assert_eq!(reason_name("new_one"), "new_one");
    }
}
