//! Cases 13 and 14, Ayritom, 2023: a border without a partner, and goods that are not the regional centre's business.

use model::dispatch::CaseRef;
use node::api::ListQuery;
use serde_json::{Value, json};

use super::{AYRITOM, CENTRE, NIJNIY_PYANJ, UZ_CENTRE, UZ_UNIT, deliver, refuse};
use crate::demo::paper::{draft, kilograms, with};
use crate::demo::stage::{Stage, all};
use crate::demo::story::{Facts, Story, equal};

pub(super) async fn play(stage: &Stage, story: &mut Story<'_>) -> anyhow::Result<()> {
    story.scene("case_13")?;
    let across = draft(AYRITOM, &[HAIRATAN], "PRIORITY", bogie());
    refuse(
        stage,
        story,
        "no_partner",
        across,
        ("to[0]", "no_such_office"),
    )
    .await?;
    let elsewhere = draft(AYRITOM, &[NIJNIY_PYANJ], "PRIORITY", bogie());
    refuse(
        stage,
        story,
        "not_coupled",
        elsewhere,
        ("to[0]", "no_coupling"),
    )
    .await?;
    let to = [UZ_CENTRE, UZ_UNIT, CENTRE];
    deliver(
        stage,
        story,
        "at_home",
        draft(AYRITOM, &to, "PRIORITY", bogie()),
        &to,
    )
    .await?;

    story.scene("case_14")?;
    let numbered = |draft| with(draft, json!({ "case": TOBACCO }));
    let to = [UZ_CENTRE, CENTRE];
    let drugs_only = numbered(draft(AYRITOM, &to, "ROUTINE", cigarettes()));
    refuse(
        stage,
        story,
        "not_for_centre",
        drugs_only,
        ("to[1]", "not_for_centre"),
    )
    .await?;
    let at_home = numbered(draft(AYRITOM, &[UZ_CENTRE], "ROUTINE", cigarettes()));
    deliver(stage, story, "at_home", at_home, &[UZ_CENTRE]).await?;

    story.begin("centre_has_none");
    let case: CaseRef = TOBACCO.parse()?;
    let query = ListQuery {
        case: Some(case),
        ..all()
    };
    equal(
        "of the case at the centre",
        &stage.inbox(CENTRE, query).await?.len(),
        &0,
    )?;
    story.done(&Facts::default())
}

/// October 2023: a dog, two packets in the bogie of a wagon of a train from Afghanistan.
fn bogie() -> Value {
    json!({ "seizure": {
        "event": "2023-10/1",
        "version": 1,
        "status": "provisional",
        "at": { "time": "2023-10", "zone": "Asia/Tashkent" },
        "place": { "crossing": "ayritom", "state": "UZ", "words": "железная дорога" },
        "agencies": ["UZ/CUSTOMS"],
        "items": [{
            "substance": "opium",
            "quantity": kilograms("2.14"),
            "weighing": "gross",
            "basis": "field-test",
            "packages": { "count": 2, "kind": "packet" },
        }],
        "total": kilograms("2.14"),
        "trigger": "dog",
        "concealment": { "place": "bogie" },
        "conveyances": [{ "kind": "wagon" }],
        "route": { "from": { "state": "AF" } },
    }})
}

/// August 2023: 2,040 boxes in a fuel tank, 51 million soum.
fn cigarettes() -> Value {
    json!({ "seizure": {
        "event": "2023-08/1",
        "version": 1,
        "status": "confirmed",
        "at": { "time": "2023-08", "zone": "Asia/Tashkent" },
        "place": { "crossing": "ayritom", "state": "UZ" },
        "agencies": ["UZ/CUSTOMS"],
        "items": [{
            "substance": "cigarettes",
            "quantity": { "amount": "2040", "unit": "pcs" },
            "weighing": "gross",
            "basis": "visual",
            "packages": { "count": 2040, "kind": "box" },
            "value": { "amount": "51000000", "currency": "UZS" },
        }],
        "concealment": { "place": "fuel-tank" },
    }})
}

/// Across the river from Ayritom. No act names an office there.
const HAIRATAN: &str = "AF/CUSTOMS/HAIRATAN";

const TOBACCO: &str = "AYRITOM/2023-08";
