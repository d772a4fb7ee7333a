//! By what facts are looked for.

use std::collections::BTreeSet;

use clickhouse::query::Query;
use tingjian_schemas::LinkKey;

use crate::links;

/// Orders, cases and records whose facts are wanted; customers and calls whose records are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FactKeys {
    /// Orders: promises and deliveries.
    pub orders: BTreeSet<LinkKey>,
    /// Cases: callbacks, steps, requests and answers.
    pub cases: BTreeSet<LinkKey>,
    /// Records: judgements, appeals and corrections.
    pub records: BTreeSet<String>,
    /// Customers: their contacts. Only [`Warehouse::linked`](crate::Warehouse::linked) asks for these.
    pub customers: BTreeSet<LinkKey>,
    /// Calls: their records, likewise.
    pub calls: BTreeSet<String>,
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
            customers: self.customers.difference(&asked.customers).copied().collect(),
            calls: self.calls.difference(&asked.calls).cloned().collect(),
        }
    }

    /// Takes others in.
    pub fn extend(&mut self, others: Self) {
        self.orders.extend(others.orders);
        self.cases.extend(others.cases);
        self.records.extend(others.records);
        self.customers.extend(others.customers);
        self.calls.extend(others.calls);
    }

    /// Whether nothing is asked for.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.facts() == 0 && self.customers.is_empty() && self.calls.is_empty()
    }

    /// How many keys of facts these are.
    pub(super) fn facts(&self) -> usize {
        self.orders.len() + self.cases.len() + self.records.len()
    }

    /// From where links lead to the facts.
    pub(super) fn links_of_facts(&self) -> BTreeSet<u64> {
        let records = self.records.iter().map(|id| links::of_id(id));
        self.orders.iter().chain(&self.cases).map(links::of_key).chain(records).collect()
    }

    /// From where links lead to the records.
    pub(super) fn links_of_records(&self) -> BTreeSet<u64> {
        let calls = self.calls.iter().map(|call| links::of_id(call));
        self.customers.iter().map(links::of_key).chain(calls).collect()
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
