//! The rows of every table as they are written: each borrows from the batch, so building one allocates nothing.

mod cells;
mod dead_letter;
mod facts;
mod position;
mod record;
mod table;

pub(crate) use dead_letter::DeadLetterRow;
pub use dead_letter::dead_letter_id;
pub(crate) use facts::{
    AppealRow, CaseEventRow, CorrectionRow, DeliveryRow, DepartmentReplyRow, DepartmentRequestRow, JudgementRow,
    PromiseRow,
};
pub(crate) use position::PositionRow;
pub(crate) use record::RecordRow;
pub(crate) use table::{Origin, Table};

/// Defines the row of one table: the columns that all records and facts share, and the table's own.
macro_rules! stored_row {
    ($(#[$doc:meta])* $name:ident, id = $id:literal, { $($(#[$own_meta:meta])* $own:ident: $own_type:ty,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, serde::Serialize)]
        pub(crate) struct $name<'a> {
            #[serde(rename = $id)]
            pub id: &'a str,
            /// Milliseconds since 1970.
            pub occurred_at: i64,
            pub received_at: i64,
            pub source: &'a str,
            pub channel: &'a str,
            pub customer_key: $crate::rows::cells::Bytes<'a>,
            pub order_key: $crate::rows::cells::Bytes<'a>,
            pub case_key: $crate::rows::cells::Bytes<'a>,
            pub call_id: &'a str,
            pub agent_no: &'a str,
            pub department: &'a str,
            pub lane_origin: &'a str,
            pub lane_destination: &'a str,
            pub lane_carrier: &'a str,
            pub lane_service: &'a str,
            pub unknown_fields: &'a str,
            $($(#[$own_meta])* pub $own: $own_type,)*
            pub content_hash: u64,
            pub version: u128,
            pub is_deleted: u8,
            pub partition_source: &'a str,
            pub partition_number: u32,
            pub partition_offset: u64,
        }

        impl<'a> $name<'a> {
            /// The shared columns filled, the table's own ones empty.
            fn with_head(head: &'a tingjian_schemas::Head, origin: &$crate::rows::Origin<'a>) -> Self {
                use $crate::rows::cells::{key, millis, part, text};
                Self {
                    id: &head.event_id,
                    occurred_at: millis(head.occurred_at),
                    received_at: millis(origin.received_at),
                    source: text(&head.source),
                    channel: text(&head.channel),
                    customer_key: key(&head.customer_key),
                    order_key: key(&head.order_key),
                    case_key: key(&head.case_key),
                    call_id: text(&head.call_id),
                    agent_no: text(&head.agent_no),
                    department: text(&head.department),
                    lane_origin: part(&head.lane, |lane| &lane.origin),
                    lane_destination: part(&head.lane, |lane| &lane.destination),
                    lane_carrier: part(&head.lane, |lane| &lane.carrier),
                    lane_service: part(&head.lane, |lane| &lane.service),
                    unknown_fields: &head.unknown_fields,
                    $($own: Default::default(),)*
                    content_hash: origin.content_hash,
                    version: origin.version,
                    is_deleted: 0,
                    partition_source: &origin.position.partition.source,
                    partition_number: origin.position.partition.number,
                    partition_offset: origin.position.offset,
                }
            }
        }

        impl $crate::rows::Movable for $name<'_> {
            fn buried_at(self, occurred_at: i64) -> Self {
                Self { occurred_at, is_deleted: 1, ..self }
            }
        }
    };
}

pub(crate) use stored_row;

/// A row whose key holds a time that a later version of the same event may change.
pub(crate) trait Movable {
    /// The row that voids what was stored under the old time (milliseconds since 1970).
    fn buried_at(self, occurred_at: i64) -> Self;
}
