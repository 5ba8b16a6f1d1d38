use super::Open;
use super::sample::{quarantine, write};
use crate::Change;
use crate::quarantine::QuarantineRow;

pub async fn quarantine_keeps_the_beginning(open: Open<'_>) {
    let store = open();
    let bundle = QuarantineRow {
        peer: None,
        ..quarantine(1, 0)
    };
    let changes = vec![
        Change::AddQuarantine(bundle.clone()),
        Change::AddQuarantine(quarantine(2, 70_000)),
    ];
    write(&*store, changes).await.unwrap();
    let mut cut = quarantine(2, 70_000);
    cut.bytes.truncate(64 * 1024);
    assert_eq!(store.quarantine(9).await.unwrap(), [cut.clone(), bundle]);
    assert_eq!(store.quarantine(1).await.unwrap(), [cut]);
}

pub async fn quarantine_drops_the_oldest(open: Open<'_>) {
    let store = open();
    for group in 0..11 {
        let rows = (0..1_000).map(|row| Change::AddQuarantine(quarantine(group * 1_000 + row, 8)));
        write(&*store, rows.collect()).await.unwrap();
    }
    assert_eq!(store.totals().await.unwrap().quarantine, 10_000);
    let kept = store.quarantine(20_000).await.unwrap();
    assert_eq!(kept.first(), Some(&quarantine(10_999, 8)));
    assert_eq!(kept.last(), Some(&quarantine(1_000, 8)));
}
