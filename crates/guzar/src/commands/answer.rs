//! `guzar answer`: replies to a dispatch that was received.

use crate::context::Context;
use crate::failed::Failed;
use crate::flags::dispatch::DispatchFlags;
use crate::flags::parts::person;
use crate::flags::{Fields, instant};
use crate::submit::{Source, submit};

/// Reply to a dispatch that was received
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Its reference, its id, or the first 6 or more digits of its id
    dispatch: String,
    /// What came of it: hit, no-hit, partial, refused or holding
    #[arg(long, value_name = "CODE")]
    result: String,
    /// Why it is refused
    #[arg(long, value_name = "CODE")]
    ground: Option<String>,
    /// Holding: how an answer will come
    #[arg(long, value_name = "TEXT")]
    how: Option<String>,
    /// Holding: when an answer will come, such as +4h
    #[arg(long, value_name = "TIME")]
    when: Option<String>,
    /// Holding: no answer will come
    #[arg(long)]
    no_answer: bool,
    /// Person as ROLE:NAME:BORN:NATIONALITY, such as driver:Karimov:1980; may be repeated
    #[arg(long, value_name = "ROLE:NAME")]
    person: Vec<String>,
    /// The answer in your words
    #[arg(long, value_name = "TEXT")]
    text: Option<String>,
    #[command(flatten)]
    flags: DispatchFlags,
}

pub(crate) async fn run(context: &Context, args: Args) -> Result<(), Failed> {
    let mut fields = Fields::new();
    fields.put("of", args.dispatch.as_str());
    fields.put("result", args.result.as_str());
    fields.text("ground", args.ground.as_ref());
    if args.result == "holding" || args.how.is_some() || args.when.is_some() || args.no_answer {
        let mut holding = Fields::new();
        holding.put("will_answer", !args.no_answer);
        holding.text("how", args.how.as_ref());
        let when = args.when.as_deref();
        holding.some("when", when.map(|text| instant(text, context.now())));
        fields.put("holding", holding.value());
    }
    fields.text("text", args.text.as_ref());
    let persons = args.person.iter().map(|text| person(text));
    fields.list("persons", persons.collect());
    let draft = args.flags.draft(context, "reply", fields.value());
    submit(context, draft, &Source::Typed).await
}
