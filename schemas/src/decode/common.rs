//! The fields that every stream has.

use serde_json::{Map, Value};

use super::{
    node::Fields,
    take::{ID, NAME, Need, Wrong},
};
use crate::{Common, Customer, Lane, Reason, Stream};

/// The common fields that one stream cannot do without, besides `event_id` and `occurred_at`.
pub(crate) const fn required_common(stream: Stream) -> &'static [&'static str] {
    match stream {
        Stream::Deliveries => &["order_id", "department", "lane"],
        Stream::CaseEvents | Stream::DepartmentRequests => &["case_id"],
        Stream::DepartmentReplies | Stream::Judgements | Stream::Appeals => &["department"],
        Stream::Complaints | Stream::Commendations | Stream::CallNotes | Stream::Promises | Stream::Corrections => &[],
    }
}

/// Reads the common fields; `event_id` has been taken already.
pub(super) fn common(
    stream: Stream,
    event_id: String,
    fields: &mut Fields<'_>,
    kept: &mut Map<String, Value>,
) -> Result<Common, Wrong> {
    let required = required_common(stream);
    let need = |name: &str| if required.contains(&name) { Need::Required } else { Need::Optional };
    // A promise without order and case stands for a whole lane: a blank one must not turn into that.
    let link = |name: &str| if stream == Stream::Promises { Need::NotBlank } else { need(name) };
    Ok(Common {
        event_id,
        occurred_at: fields.required_time("occurred_at")?,
        source: fields.optional("source", NAME)?,
        channel: fields.optional("channel", NAME)?,
        customer: customer(fields, kept)?,
        order_id: fields.short("order_id", ID, link("order_id"))?,
        case_id: fields.short("case_id", ID, link("case_id"))?,
        call_id: fields.optional("call_id", ID)?,
        agent_no: fields.optional("agent_no", ID)?,
        department: fields.short("department", NAME, need("department"))?,
        lane: lane(fields, need("lane"), kept)?,
    })
}

/// An object that names nobody is as good as none.
fn customer(fields: &mut Fields<'_>, kept: &mut Map<String, Value>) -> Result<Option<Customer>, Wrong> {
    const FIELD: &str = "customer";
    let Some(mut own) = fields.object(FIELD)? else { return Ok(None) };
    let read = |own: &mut Fields<'_>| {
        Ok(Customer {
            phone: own.optional("phone", NAME)?,
            account: own.optional("account", NAME)?,
            name: own.optional("name", NAME)?,
        })
    };
    let customer = read(&mut own).map_err(|wrong: Wrong| wrong.within(FIELD))?;
    own.keep_rest("customer.", kept);
    Ok(Some(customer).filter(|c| *c != Customer::default()))
}

fn lane(fields: &mut Fields<'_>, need: Need, kept: &mut Map<String, Value>) -> Result<Option<Lane>, Wrong> {
    const FIELD: &str = "lane";
    let Some(mut own) = fields.object(FIELD)? else {
        return if need == Need::Required { Err(Wrong::new(Reason::Missing).within(FIELD)) } else { Ok(None) };
    };
    let read = |own: &mut Fields<'_>| {
        Ok(Lane {
            origin: own.optional("origin", NAME)?,
            destination: own.optional("destination", NAME)?,
            carrier: own.optional("carrier", NAME)?,
            service: own.optional("service", NAME)?,
        })
    };
    let lane = read(&mut own).map_err(|wrong: Wrong| wrong.within(FIELD))?;
    if lane == Lane::default() {
        return Err(Wrong::new(Reason::LaneWithoutPart).within(FIELD));
    }
    own.keep_rest("lane.", kept);
    Ok(Some(lane))
}
