//! Case 8, the railway at Kudukli: the parts known first sum to 95.927 kg; a follow-up raises the total to 172.5 kg. The
//! state of origin is told both times, and the first version stays readable.

use anyhow::Context as _;
use model::content::Content;
use model::ids::DispatchId;
use serde_json::{Value, json};

use super::{CENTRE, KUDUKLI, PAKHTAOBOD, TJ_UNIT, UZ_CENTRE, UZ_UNIT, deliver, refuse};
use crate::demo::paper::{changed, draft, kilograms, with};
use crate::demo::stage::Stage;
use crate::demo::story::{Facts, Story, check, equal};

pub(super) async fn play(stage: &Stage, story: &mut Story<'_>) -> anyhow::Result<()> {
    story.scene("case_8")?;
    let to = [PAKHTAOBOD, UZ_CENTRE, CENTRE];
    let readers = [PAKHTAOBOD, UZ_CENTRE, UZ_UNIT, TJ_UNIT, CENTRE];
    let first = json!({ "seizure": wagon() });
    let first = draft(KUDUKLI, &to, "PRIORITY", first);
    let first = deliver(stage, story, "first", first, &readers).await?.id;

    let amended = |correction| {
        let draft = draft(KUDUKLI, &to, "PRIORITY", correction);
        with(draft, json!({ "parents": [first] }))
    };
    let unsummed = changed(
        correction(first),
        "/correction/seizure/items/3/quantity",
        kilograms("76.5"),
    );
    let reason = ("content.correction.seizure.total", "sum_mismatch");
    refuse(stage, story, "wrong_sum", amended(unsummed), reason).await?;
    let second = amended(correction(first));
    let second = deliver(stage, story, "amended", second, &readers).await?.id;
    both_are_kept(stage, story, first, second).await
}

/// The state of origin has both versions: the first as it was, and that it was corrected.
async fn both_are_kept(
    stage: &Stage,
    story: &mut Story<'_>,
    first: DispatchId,
    second: DispatchId,
) -> anyhow::Result<()> {
    story.begin("both_kept");
    stage.noted(PAKHTAOBOD, first, "corrected", KUDUKLI).await?;
    let then = stage.show(PAKHTAOBOD, first).await?;
    let Content::Seizure(seizure) = &then.content else {
        return check(false, || "the first version is no seizure".to_owned());
    };
    let total = seizure.total.map(|total| total.to_string());
    equal("total of version 1", &total, &Some("95.927 kg".to_owned()))?;
    check(then.children.contains(&second), || {
        "the first version does not name its correction".to_owned()
    })?;
    let now = stage.show(PAKHTAOBOD, second).await?;
    let Content::Correction(correction) = &now.content else {
        return check(false, || "the correction is none".to_owned());
    };
    let seizure = correction
        .seizure
        .as_ref()
        .context("the new version is gone")?;
    let total = seizure.total.map(|total| total.to_string());
    equal("total of version 2", &total, &Some("172.5 kg".to_owned()))?;
    equal("version", &seizure.version, &2)?;
    equal("what it corrects", &seizure.corrects, &Some(first))?;
    story.done(&Facts::of(&now.line.reference, &[]))
}

/// What was known at first. The substance was named by its smell; the report does not give the year.
fn wagon() -> Value {
    json!({
        "event": "rail-1",
        "version": 1,
        "status": "provisional",
        "at": { "time": "2021-10", "zone": "Asia/Tashkent" },
        "place": { "crossing": "kudukli", "state": "UZ", "words": "железная дорога" },
        "agencies": ["UZ/CUSTOMS", "UZ/BORDER", "UZ/MIA"],
        "items": [
            {
                "substance": "heroin",
                "quantity": kilograms("11.987"),
                "weighing": "gross",
                "basis": "visual",
                "packages": { "count": 4, "kind": "container" },
            },
            {
                "substance": "hashish",
                "quantity": kilograms("2.592"),
                "weighing": "gross",
                "basis": "visual",
            },
            {
                "substance": "hash-oil",
                "form": "liquid",
                "quantity": kilograms("81.348"),
                "weighing": "gross",
                "basis": "visual",
                "packages": { "count": 19, "kind": "container", "marks": "5 l" },
            },
        ],
        "total": kilograms("95.927"),
        "packages": { "count": 23, "kind": "container" },
        "trigger": "scanner",
        "concealment": { "place": "carriage-cavity", "method": "welded" },
        "conveyances": [{ "kind": "wagon" }],
        "route": { "from": { "state": "TJ" }, "via": [{ "state": "UZ" }] },
        "text": "Транзитный грузовой поезд из Таджикистана, конец октября; год в сообщении не указан.",
    })
}

fn correction(first: DispatchId) -> Value {
    let mut seizure = wagon();
    let later = json!({
        "substance": "other-drug",
        "quantity": kilograms("76.573"),
        "weighing": "gross",
        "basis": "visual",
    });
    if let Some(items) = seizure.pointer_mut("/items").and_then(Value::as_array_mut) {
        items.push(later);
    }
    let more = json!({
        "version": 2,
        "status": "corrected",
        "total": kilograms("172.5"),
        "corrects": first,
    });
    json!({ "correction": {
        "of": first,
        "reason": "later-facts",
        "text": "Региональная таможня нашла ещё 76,573 кг; вид вещества в сообщении не указан. Всего 172,5 кг.",
        "seizure": with(seizure, more),
    }})
}
