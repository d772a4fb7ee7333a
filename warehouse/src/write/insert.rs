//! Rows of one table, borrowed from the batch, in one insert.

use tingjian_schemas::{Entry, FactBody, Item};

use crate::{
    Warehouse, WarehouseError,
    rows::{
        AppealRow, CaseEventRow, CorrectionRow, DeliveryRow, DepartmentReplyRow, DepartmentRequestRow, JudgementRow,
        Movable, Origin, PromiseRow, RecordRow, Table,
    },
};

/// One row to insert.
#[derive(Clone, Copy)]
pub(super) struct Put<'b> {
    pub item: &'b Item,
    pub version: u128,
    /// Instead of the item's row the one that voids the key of its id at this time (milliseconds since 1970).
    pub buried_at: Option<i64>,
}

impl<'b> Put<'b> {
    fn place<R: Movable>(&self, row: R) -> R {
        match self.buried_at {
            Some(time) => row.buried_at(time),
            None => row,
        }
    }

    fn origin(&self) -> Origin<'b> {
        Origin::new(self.item, self.version)
    }

    fn record(&self) -> Option<RecordRow<'b>> {
        match &self.item.entry {
            Entry::Record(record) => Some(self.place(RecordRow::new(record, &self.origin()))),
            _ => None,
        }
    }
}

/// Inserts the facts of one kind.
macro_rules! insert_facts {
    ($warehouse:expr, $table:expr, $puts:expr, $body:ident, $row:ident) => {{
        let rows = $puts.iter().filter_map(|put| match &put.item.entry {
            Entry::Fact(fact) => match &fact.body {
                FactBody::$body(body) => Some(put.place($row::new(&fact.head, body, &put.origin()))),
                _ => None,
            },
            _ => None,
        });
        $warehouse.insert_rows($table.name(), rows).await
    }};
}

impl Warehouse {
    /// Inserts rows into the table they are all of.
    pub(super) async fn insert_puts(&self, table: Table, puts: &[Put<'_>]) -> Result<(), WarehouseError> {
        if puts.is_empty() {
            return Ok(());
        }
        match table {
            Table::Records => self.insert_rows(table.name(), puts.iter().filter_map(Put::record)).await,
            Table::Promises => insert_facts!(self, table, puts, Promise, PromiseRow),
            Table::Deliveries => insert_facts!(self, table, puts, Delivery, DeliveryRow),
            Table::CaseEvents => insert_facts!(self, table, puts, CaseEvent, CaseEventRow),
            Table::DepartmentRequests => insert_facts!(self, table, puts, DepartmentRequest, DepartmentRequestRow),
            Table::DepartmentReplies => insert_facts!(self, table, puts, DepartmentReply, DepartmentReplyRow),
            Table::Judgements => insert_facts!(self, table, puts, Judgement, JudgementRow),
            Table::Appeals => insert_facts!(self, table, puts, Appeal, AppealRow),
            Table::Corrections => insert_facts!(self, table, puts, Correction, CorrectionRow),
        }
    }
}
