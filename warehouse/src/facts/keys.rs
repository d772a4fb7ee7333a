//! By what facts are looked for.

use std::collections::BTreeSet;

use clickhouse::query::Query;
use tingjian_schemas::LinkKey;

/// Orders, cases and records whose facts are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FactKeys {
    /// Orders: promises and deliveries.
    pub orders: BTreeSet<LinkKey>,
    /// Cases: callbacks, steps, requests and answers.
    pub cases: BTreeSet<LinkKey>,
    /// Records: judgements, appeals and corrections.
    pub records: BTreeSet<String>,
}

impl FactKeys {
    pub(super) fn has_orders(&self) -> bool {
        !self.orders.is_empty()
    }

    pub(super) fn has_cases(&self) -> bool {
        !self.cases.is_empty()
    }

    pub(super) fn has_records(&self) -> bool {
        !self.records.is_empty()
    }

    /// Binds all three; a question takes those it names.
    pub(super) fn bind(&self, query: Query) -> Query {
        query
            .param("orders", hex(&self.orders))
            .param("cases", hex(&self.cases))
            .param("records", self.records.iter().map(String::as_str).collect::<Vec<_>>())
    }
}

/// Keys as parameters take them.
pub(crate) fn hex<'a>(keys: impl IntoIterator<Item = &'a LinkKey>) -> Vec<String> {
    keys.into_iter().map(LinkKey::to_string).collect()
}
