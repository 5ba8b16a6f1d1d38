//! Drafts of the play, as officers type them.

use serde_json::{Value, json};

/// A draft with the handling that most have.
pub(super) fn draft(from: &str, to: &[&str], urgency: &str, content: Value) -> Value {
    json!({
        "from": from,
        "to": to,
        "urgency": urgency,
        "handling": { "code": "project-states", "purpose": "crime-detection" },
        "content": content,
    })
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
