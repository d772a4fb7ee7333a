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

    /// Those of them that are not among `asked`.
    #[must_use]
    pub fn without(&self, asked: &Self) -> Self {
        Self {
            orders: self.orders.difference(&asked.orders).copied().collect(),
            cases: self.cases.difference(&asked.cases).copied().collect(),
            records: self.records.difference(&asked.records).cloned().collect(),
        }
    }

    /// Takes others in.
    pub fn extend(&mut self, others: Self) {
        self.orders.extend(others.orders);
        self.cases.extend(others.cases);
        self.records.extend(others.records);
    }

    /// How many keys these are.
    pub(super) fn len(&self) -> usize {
        self.orders.len() + self.cases.len() + self.records.len()
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
