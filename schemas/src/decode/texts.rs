//! The own fields of the three text streams.

use serde_json::{Map, Value};

use super::{
    node::{Fields, Node},
    take::{ID, NAME, REFERENCE, Wrong, object, required_short},
};
use crate::{CallNote, Commendation, Complaint, Praised, Reason, Transfer, limits};

pub(super) fn complaint(fields: &mut Fields<'_>) -> Result<Complaint, Wrong> {
    Ok(Complaint { text: fields.required_text("text")?, category: fields.optional("category", NAME)? })
}

pub(super) fn commendation(fields: &mut Fields<'_>, kept: &mut Map<String, Value>) -> Result<Commendation, Wrong> {
    Ok(Commendation {
        text: fields.required_text("text")?,
        praised: praised(fields, kept)?,
        filed_by: fields.optional("filed_by", NAME)?,
        recording_ref: fields.optional("recording_ref", REFERENCE)?,
    })
}

fn praised(fields: &mut Fields<'_>, kept: &mut Map<String, Value>) -> Result<Vec<Praised>, Wrong> {
    const FIELD: &str = "praised";
    let read = |index, node: Node<'_>| {
        let mut own = object(node)?;
        let one = Praised { agent_no: own.optional("agent_no", ID)?, department: own.optional("department", NAME)? };
        if one == Praised::default() {
            return Err(Wrong::new(Reason::NamesNobody));
        }
        own.keep_rest(&format!("{FIELD}[{index}]."), kept);
        Ok(one)
    };
    match fields.list(FIELD, limits::LIST_ITEMS, read)? {
        None => Err(Wrong::new(Reason::Missing).within(FIELD)),
        Some(praised) if praised.is_empty() => Err(Wrong::new(Reason::Empty).within(FIELD)),
        Some(praised) => Ok(praised),
    }
}

pub(super) fn call_note(fields: &mut Fields<'_>, kept: &mut Map<String, Value>) -> Result<CallNote, Wrong> {
    let names = |_, node| required_short(node, NAME);
    Ok(CallNote {
        text: fields.required_text("text")?,
        skill_group: fields.optional("skill_group", NAME)?,
        queue_wait_s: fields.whole("queue_wait_s", limits::CALL_S)?,
        talk_s: fields.whole("talk_s", limits::CALL_S)?,
        ivr_presses: fields.whole("ivr_presses", limits::COUNT)?,
        ivr_path: fields.list("ivr_path", limits::LIST_ITEMS, names)?.unwrap_or_default(),
        transfers: transfers(fields, kept)?,
        questions_repeated: fields.whole("questions_repeated", limits::COUNT)?,
        resolved: fields.flag("resolved")?,
    })
}

/// A call may well be handed back to where it was: cycles are what the effort bill counts, not a mistake.
fn transfers(fields: &mut Fields<'_>, kept: &mut Map<String, Value>) -> Result<Vec<Transfer>, Wrong> {
    const FIELD: &str = "transfers";
    let read = |index, node: Node<'_>| {
        let mut own = object(node)?;
        let transfer =
            Transfer { from: own.required("from", NAME)?, to: own.required("to", NAME)?, at: own.required_time("at")? };
        own.keep_rest(&format!("{FIELD}[{index}]."), kept);
        Ok(transfer)
    };
    Ok(fields.list(FIELD, limits::LIST_ITEMS, read)?.unwrap_or_default())
}
