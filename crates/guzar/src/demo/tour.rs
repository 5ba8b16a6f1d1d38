//! What to try while the network stays up: commands that work as they are printed.

use std::fmt::Write as _;

use anyhow::Context as _;

use crate::context::Context;
use crate::demo::stage::{Stage, all};

const FOTEHOBOD: &str = "TJ/CUSTOMS/FOTEHOBOD";
const OYBEK: &str = "UZ/CUSTOMS/OYBEK";

/// Prints one loop of commands, from a new warning to the confirmed credit.
pub(super) async fn invite(context: &Context, stage: &Stage) -> anyhow::Result<()> {
    if context.output.json {
        return Ok(());
    }
    let alert = next_reference(stage, OYBEK, 0).await?;
    // Opened by nobody: acceptance, action and result are the next three that Fotehobod sends.
    let result = next_reference(stage, FOTEHOBOD, 2).await?;
    let oybek = command(stage, OYBEK)?;
    let fotehobod = command(stage, FOTEHOBOD)?;
    let centre = command(stage, "INT/CARICC/ALMATY")?;
    let commands = [
        format!(
            "{oybek} send alert --to {FOTEHOBOD} --urgency flash --reason lane-waiting --crime drugs \
             --subject vehicle --ask search --conveyance van --text \"A van with a trailer\""
        ),
        format!("{fotehobod} inbox"),
        format!("{fotehobod} show {alert} --reason duty"),
        format!("{fotehobod} accept {alert}"),
        format!("{fotehobod} act {alert} --action searched"),
        format!("{fotehobod} result {alert} --result nothing-found"),
        format!("{oybek} outbox"),
        format!("{oybek} credit {result}"),
        format!("{centre} links"),
        format!("{centre} doctor"),
    ];
    let mut text = format!("\n{}\n\n", context.language.text("demo.end.try"));
    for command in commands {
        writeln!(text, "{command}")?;
    }
    writeln!(text, "\n{}", context.language.text("demo.end.stop"))?;
    context.output.text(&text)?;
    Ok(())
}

/// The start of a command for that office's node, by this very program.
fn command(stage: &Stage, office: &str) -> anyhow::Result<String> {
    let program = std::env::current_exe().context("this program's own path is unknown")?;
    let node = stage.network.node_of(&office.parse()?)?;
    let home = &stage.network.place(node)?.home;
    Ok(format!("{} --home {}", program.display(), home.display()))
}

/// The reference that the office's dispatch after so many others will have.
async fn next_reference(stage: &Stage, office: &str, others: u64) -> anyhow::Result<String> {
    let lines = stage.outbox(office, all()).await?;
    let last = lines.iter().map(|line| line.reference.as_str()).max();
    let (front, number) = last
        .and_then(|last| last.rsplit_once('-'))
        .context("the office has sent nothing")?;
    let number = number
        .parse::<u64>()?
        .saturating_add(others)
        .saturating_add(1);
    Ok(format!("{front}-{number:06}"))
}
