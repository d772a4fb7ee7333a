//! JSON Schema (draft 2020-12) of what is sent and of what analysis makes of it, from the types.
//!
//! A schema says less than [`decode`](crate::decode): lengths count characters there and bytes here, and it cannot
//! compare two times. What it refuses is refused here too.

use schemars::{JsonSchema, SchemaGenerator, generate::SchemaSettings};
use serde_json::{Map, Value, json};

use crate::{
    Appeal, CallNote, CaseEvent, Commendation, Common, Complaint, Correction, Delivery, DepartmentReply,
    DepartmentRequest, Judgement, Promise, Record, Stream, decode::required_common,
};

/// An event as it is sent: common and own fields in one object.
#[derive(JsonSchema)]
#[allow(dead_code)] // Only its shape is used.
struct Sent<B> {
    #[schemars(flatten)]
    common: Common,
    #[schemars(flatten)]
    own: B,
}

/// The schema of one event of `stream`.
pub fn event_schema(stream: Stream) -> Value {
    let mut schema = match stream {
        Stream::Complaints => schema::<Sent<Complaint>>(),
        Stream::Commendations => schema::<Sent<Commendation>>(),
        Stream::CallNotes => schema::<Sent<CallNote>>(),
        Stream::Promises => schema::<Sent<Promise>>(),
        Stream::Deliveries => schema::<Sent<Delivery>>(),
        Stream::CaseEvents => schema::<Sent<CaseEvent>>(),
        Stream::DepartmentRequests => schema::<Sent<DepartmentRequest>>(),
        Stream::DepartmentReplies => schema::<Sent<DepartmentReply>>(),
        Stream::Judgements => schema::<Sent<Judgement>>(),
        Stream::Appeals => schema::<Sent<Appeal>>(),
        Stream::Corrections => schema::<Sent<Correction>>(),
    };
    if let Some(object) = schema.as_object_mut() {
        object.insert("title".into(), json!(stream.topic()));
        object.insert("description".into(), json!(format!("One event of the stream {stream}, as it is sent.")));
        require(object, required_common(stream));
        if stream == Stream::Promises {
            let links = [["order_id"], ["case_id"], ["lane"]].map(present);
            object.insert(
                "allOf".into(),
                json!([{ "anyOf": links }, { "anyOf": [present(["due_at"]), present(["promised_min"])] }]),
            );
        }
        set_nulls(object);
    }
    schema
}

/// The schema of an analysed record, as the topic `tingjian.analysed` has it.
pub fn record_schema() -> Value {
    let mut schema = schema::<Record>();
    let bodies = schema.pointer_mut("/properties/body/oneOf").and_then(Value::as_array_mut);
    for body in bodies.into_iter().flatten() {
        let own = body.get_mut("properties").and_then(Value::as_object_mut);
        for own in own.into_iter().flat_map(Map::values_mut) {
            // The text is in the reading, masked.
            if let Some(text) = own.pointer_mut("/properties/text") {
                *text = json!({ "const": "" });
            }
        }
    }
    schema
}

fn schema<T: JsonSchema>() -> Value {
    let settings = SchemaSettings::draft2020_12().with(|s| s.inline_subschemas = true);
    SchemaGenerator::new(settings).into_root_schema_for::<T>().to_value()
}

/// The field is there and not `null`.
fn present([name]: [&str; 1]) -> Value {
    json!({ "required": [name], "properties": { name: { "not": { "type": "null" } } } })
}

fn require(object: &mut Map<String, Value>, names: &[&str]) {
    if let Some(required) = object.get_mut("required").and_then(Value::as_array_mut) {
        required.extend(names.iter().map(|name| json!(name)));
    }
}

/// `null` stands for absent in every optional field, and in no required one.
fn set_nulls(object: &mut Map<String, Value>) {
    let required: Vec<String> = object
        .get("required")
        .and_then(Value::as_array)
        .map(|names| names.iter().filter_map(Value::as_str).map(str::to_owned).collect())
        .unwrap_or_default();
    let Some(properties) = object.get_mut("properties").and_then(Value::as_object_mut) else { return };
    for (name, property) in properties {
        let Some(property) = property.as_object_mut() else { continue };
        if required.contains(name) {
            forbid_null(property);
        } else {
            allow_null(property);
        }
    }
}

fn forbid_null(property: &mut Map<String, Value>) {
    if let Some(any) = property.get_mut("anyOf").and_then(Value::as_array_mut) {
        any.retain(|one| one["type"] != "null");
    }
    if let Some(kinds) = property.get("type").and_then(Value::as_array) {
        let kind = kinds.iter().find(|kind| *kind != "null").cloned().unwrap_or_default();
        property.insert("type".into(), kind);
    }
    if property.get("type").is_some_and(|kind| kind == "string") && !property.contains_key("format") {
        property.entry("minLength").or_insert(json!(1));
    }
}

/// The types have made their `Option`s nullable; what is left are the lists.
fn allow_null(property: &mut Map<String, Value>) {
    if property.get("type").is_some_and(|kind| kind == "array") {
        property.insert("type".into(), json!(["array", "null"]));
    }
}
