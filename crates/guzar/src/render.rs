//! What people see: plain text of 80 columns, no colours. Exercise traffic begins each of its lines with its mark.

pub(crate) mod clean;
pub(crate) mod content;
pub(crate) mod evidence;
pub(crate) mod failure;
pub(crate) mod item;
pub(crate) mod list;
pub(crate) mod node;
pub(crate) mod page;
pub(crate) mod parts;
pub(crate) mod register;
pub(crate) mod seizure;
pub(crate) mod sent;
pub(crate) mod time;
pub(crate) mod words;
