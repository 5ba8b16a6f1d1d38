use super::Open;
use super::sample::{FOTEHOBOD, act, add, audit, delivery, out, quarantine, write};
use crate::Change;

pub async fn totals_count(open: Open<'_>) {
    let store = open();
    let changes = vec![
        add(out(1)),
        add(out(2)),
        Change::AddDelivery(delivery(1, FOTEHOBOD, "tj-fotehobod", 1)),
        Change::AddAudit(audit("x")),
        Change::AddAct(act(1)),
        Change::AddQuarantine(quarantine(1, 10)),
    ];
    write(&*store, changes).await.unwrap();
    let totals = store.totals().await.unwrap();
    assert_eq!(
        [
            totals.dispatches,
            totals.deliveries,
            totals.audit,
            totals.acts,
            totals.quarantine
        ],
        [2, 1, 1, 1, 1]
    );
    assert!(totals.disk > 1_400);
    assert_eq!(totals.attachments, 0);
}

pub async fn a_healthy_store_has_nothing_to_complain_of(open: Open<'_>) {
    {
        let store = open();
        for number in 0..20 {
            let object = audit(&model::ids::DispatchId::new([7; 32]).to_string());
            let changes = vec![
                add(out(number)),
                Change::AddDelivery(delivery(number, FOTEHOBOD, "tj-fotehobod", number)),
                Change::AddAudit(object),
            ];
            write(&*store, changes).await.unwrap();
        }
        assert_eq!(store.integrity().await.unwrap(), [""; 0]);
    }
    assert_eq!(open().integrity().await.unwrap(), [""; 0]);
}
