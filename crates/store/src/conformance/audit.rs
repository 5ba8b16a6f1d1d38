use super::Open;
use super::sample::{audit, id, write};
use crate::Change;
use crate::audit::AuditRow;

pub async fn entries_are_chained_without_gaps(open: Open<'_>) {
    let store = open();
    for number in 0..5_u64 {
        let rows = (0..3).map(|_| Change::AddAudit(audit(&id(number).to_string())));
        write(&*store, rows.collect()).await.unwrap();
    }
    let all = store.audit_after(0, 100).await.unwrap();
    let positions: Vec<_> = all.iter().map(|entry| entry.position).collect();
    assert_eq!(positions, (1..=15).collect::<Vec<_>>());
    let mut hashes: Vec<_> = all.iter().map(|entry| entry.hash).collect();
    hashes.sort_unstable();
    hashes.dedup();
    assert_eq!(hashes.len(), 15, "the same row never has the same hash");

    let page = store.audit_after(4, 2).await.unwrap();
    assert_eq!(page.as_slice(), all.get(4..6).unwrap());
    assert_eq!(store.audit_check().await.unwrap(), None);
}

pub async fn entries_are_found_by_their_object(open: Open<'_>) {
    let store = open();
    let plain = AuditRow {
        reason: None,
        case: Some("CASE-7".parse().unwrap()),
        ..audit("node:uz-oybek")
    };
    let large = audit(&id(1).to_string().to_uppercase());
    let rows = [
        plain.clone(),
        audit(&id(1).to_string()),
        large.clone(),
        plain.clone(),
    ];
    for row in rows {
        write(&*store, vec![Change::AddAudit(row)]).await.unwrap();
    }
    let of = async |object: &str| -> Vec<(u64, AuditRow)> {
        let entries = store.audit_of(object).await.unwrap();
        entries
            .into_iter()
            .map(|entry| (entry.position, entry.row))
            .collect()
    };
    assert_eq!(
        of("node:uz-oybek").await,
        [(1, plain.clone()), (4, plain.clone())]
    );
    let small = id(1).to_string();
    assert_eq!(of(&small).await, [(2, audit(&small))]);
    assert_eq!(of(&large.object).await, [(3, large.clone())]);
    assert_eq!(of(&id(2).to_string()).await, []);
    assert_eq!(of("nothing").await, []);
    assert_eq!(store.audit_check().await.unwrap(), None);
}

pub async fn the_chain_goes_on_after_a_restart(open: Open<'_>) {
    for number in 1..=3 {
        let store = open();
        write(&*store, vec![Change::AddAudit(audit("x"))])
            .await
            .unwrap();
        let last = store.audit_after(number - 1, 9).await.unwrap();
        assert_eq!(last.len(), 1);
        assert_eq!(store.audit_check().await.unwrap(), None);
    }
}
