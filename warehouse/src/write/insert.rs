//! Rows of one table, borrowed from the batch, in one insert.

use tingjian_schemas::{Entry, FactBody, Item};

use super::token::Token;
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
    ($warehouse:expr, $table:expr, $puts:expr, $token:expr, $body:ident, $row:ident) => {{
        let rows = $puts.iter().filter_map(|put| match &put.item.entry {
            Entry::Fact(fact) => match &fact.body {
                FactBody::$body(body) => Some(put.place($row::new(&fact.head, body, &put.origin()))),
                _ => None,
            },
            _ => None,
        });
        $warehouse.insert_rows_once($table.name(), rows, Some($token)).await
    }};
}

fn token(table: Table, puts: &[Put<'_>]) -> String {
    let mut token = Token::of(table.name());
    puts.iter().for_each(|put| token.add(&put.item.position, put.version, put.buried_at));
    token.text()
}

impl Warehouse {
    /// Inserts rows into the table they are all of.
    pub(super) async fn insert_puts(&self, table: Table, puts: &[Put<'_>]) -> Result<(), WarehouseError> {
        if puts.is_empty() {
            return Ok(());
        }
        let token = &token(table, puts);
        match table {
            Table::Records => {
                self.insert_rows_once(table.name(), puts.iter().filter_map(Put::record), Some(token)).await
            }
            Table::Promises => insert_facts!(self, table, puts, token, Promise, PromiseRow),
            Table::Deliveries => insert_facts!(self, table, puts, token, Delivery, DeliveryRow),
            Table::CaseEvents => insert_facts!(self, table, puts, token, CaseEvent, CaseEventRow),
            Table::DepartmentRequests => {
                insert_facts!(self, table, puts, token, DepartmentRequest, DepartmentRequestRow)
            }
            Table::DepartmentReplies => insert_facts!(self, table, puts, token, DepartmentReply, DepartmentReplyRow),
            Table::Judgements => insert_facts!(self, table, puts, token, Judgement, JudgementRow),
            Table::Appeals => insert_facts!(self, table, puts, token, Appeal, AppealRow),
            Table::Corrections => insert_facts!(self, table, puts, token, Correction, CorrectionRow),
        }
    }
}
