//! A dispatch that was sealed and queued.

use node::api::Sent;

use crate::render::list;
use crate::render::page::Page;
use crate::render::words::{self, Words};

/// What became of a draft. `carried`: a node runs that takes it to the peers.
pub(crate) fn sent(words: Words<'_>, sent: &Sent, mark: Option<&str>, carried: bool) -> String {
    let mut page = Page::new();
    page.mark(mark);
    let key = if sent.repeated {
        "sent.repeated"
    } else {
        "sent.sealed"
    };
    let reference = sent.reference.as_str();
    let args = [
        ("reference", reference),
        ("id", &*sent.id.short()),
        ("size", &*words::size(sent.size)),
    ];
    page.line(0, &words.language.fill(key, &args));
    list::deliveries(&mut page, words, &sent.deliveries);
    if !carried {
        page.line(0, words.text("sent.not_carried"));
    }
    page.finish()
}
