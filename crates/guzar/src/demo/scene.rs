//! The scenes, in the order in which they are played.

use crate::demo::stage::Stage;
use crate::demo::story::Story;

mod alert;

/// Plays all of them; the first check that does not hold ends the play.
pub(super) async fn play(stage: &mut Stage, story: &mut Story<'_>) -> anyhow::Result<()> {
    alert::play(stage, story).await?;
    Ok(())
}

const OYBEK: &str = "UZ/CUSTOMS/OYBEK";
const FOTEHOBOD: &str = "TJ/CUSTOMS/FOTEHOBOD";
const UZ_UNIT: &str = "UZ/NIACDC/ANALYSIS";
const TJ_UNIT: &str = "TJ/DCA/ANALYSIS";
const CENTRE: &str = "INT/CARICC/ALMATY";
