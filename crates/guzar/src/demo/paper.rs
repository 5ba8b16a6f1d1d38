//! Drafts of the play, as officers type them.

use anyhow::Context as _;
use model::content::Content;
use serde::Deserialize as _;
use serde_json::{Value, json};

/// A draft with the handling that most have.
pub(super) fn draft(from: &str, to: &[&str], urgency: &str, content: Value) -> Value {
    let mut draft = json!({
        "from": from,
        "to": to,
        "urgency": urgency,
        "handling": { "code": "project-states", "purpose": "crime-detection" },
    });
    put(&mut draft, "", "content", content);
    draft
}

/// Puts one more field into the object at that place.
pub(super) fn put(draft: &mut Value, pointer: &str, field: &str, value: Value) {
    if let Some(object) = draft.pointer_mut(pointer).and_then(Value::as_object_mut) {
        object.insert(field.to_owned(), value);
    }
}

/// Who sends it.
pub(super) fn sender(draft: &Value) -> anyhow::Result<String> {
    let sender = draft.pointer("/from").and_then(Value::as_str);
    Ok(sender.context("a draft has an author")?.to_owned())
}

/// What is said in it.
pub(super) fn content(draft: &Value) -> anyhow::Result<Content> {
    let content = draft.pointer("/content").context("a draft has content")?;
    Ok(Content::deserialize(content)?)
}

/// The draft with these fields besides, or instead.
pub(super) fn with(mut draft: Value, more: Value) -> Value {
    if let (Value::Object(draft), Value::Object(more)) = (&mut draft, more) {
        draft.extend(more);
    }
    draft
}

/// The content with one value replaced.
pub(super) fn changed(mut content: Value, pointer: &str, value: Value) -> Value {
    if let Some(place) = content.pointer_mut(pointer) {
        *place = value;
    }
    content
}

pub(super) fn grams(amount: &str) -> Value {
    json!({ "amount": amount, "unit": "g" })
}

pub(super) fn kilograms(amount: &str) -> Value {
    json!({ "amount": amount, "unit": "kg" })
}
