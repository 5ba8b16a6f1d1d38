use super::Open;
use super::sample::{at, attachment, attachment_id, id, noise, write};
use crate::Change;
use crate::attachment::{AttachmentRow, AttachmentState};

pub async fn announced_attachments_are_wanted_until_they_are_complete(open: Open<'_>) {
    let store = open();
    let other = AttachmentRow {
        have: 9,
        ..attachment(2, 8)
    };
    let rows = [attachment(2, 1), attachment(1, 1), attachment(3, 1), other];
    let changes = rows.map(Change::AddAttachment).into();
    write(&*store, changes).await.unwrap();
    assert_eq!(
        store.attachments_wanted().await.unwrap(),
        [attachment(1, 1), attachment(2, 1), attachment(3, 1)]
    );
    assert_eq!(store.attachments_of(id(1)).await.unwrap().len(), 3);
    assert_eq!(store.attachments_of(id(8)).await.unwrap(), []);

    let moved = |number, have, state| Change::MoveAttachment {
        attachment: attachment_id(number),
        have,
        state,
        at: at(500),
    };
    let changes = vec![
        moved(1, 4_096, AttachmentState::Wanted),
        moved(2, 100_000, AttachmentState::Complete),
        moved(3, 0, AttachmentState::Failed),
        moved(4, 1, AttachmentState::Complete),
    ];
    write(&*store, changes).await.unwrap();
    let wanted = AttachmentRow {
        have: 4_096,
        ..attachment(1, 1)
    };
    assert_eq!(store.attachments_wanted().await.unwrap(), [wanted]);
    let complete = AttachmentRow {
        have: 100_000,
        state: AttachmentState::Complete,
        since: at(500),
        ..attachment(2, 1)
    };
    assert_eq!(
        store.attachment(attachment_id(2)).await.unwrap(),
        Some(complete)
    );
    assert_eq!(store.attachment(attachment_id(4)).await.unwrap(), None);
}

pub async fn bytes_come_back_from_partial_and_whole_files(open: Open<'_>) {
    let bytes = noise(1, 50_000);
    let id = attachment_id(1);
    {
        let store = open();
        let (first, second) = bytes.split_at(30_000);
        store.attachment_write(id, 0, first.to_vec()).await.unwrap();
        let read = store.attachment_read(id, 29_000, 5_000).await.unwrap();
        assert_eq!(read.as_slice(), first.get(29_000..).unwrap());
        store
            .attachment_write(id, 30_000, second.to_vec())
            .await
            .unwrap();
        store.attachment_sync(id).await.unwrap();
    }
    let store = open();
    assert_eq!(
        store.attachment_read(id, 0, 50_001).await.unwrap(),
        bytes,
        "a partial file outlives a restart"
    );
    for _ in 0..2 {
        store.attachment_finish(id).await.unwrap();
        store.attachment_drop(id).await.unwrap();
        assert_eq!(store.attachment_read(id, 0, 50_000).await.unwrap(), bytes);
    }
    assert_eq!(store.attachment_read(id, 60_000, 9).await.unwrap(), []);

    let other = attachment_id(2);
    store.attachment_write(other, 0, vec![1, 2]).await.unwrap();
    store.attachment_drop(other).await.unwrap();
    store.attachment_drop(other).await.unwrap();
    assert!(store.attachment_read(other, 0, 2).await.is_err());
    assert!(store.attachment_finish(other).await.is_err());
}

pub async fn a_file_made_here_is_moved_in(open: Open<'_>) {
    let store = open();
    let file = store.scratch().join("sealed");
    std::fs::write(&file, b"sealed bytes").unwrap();
    let id = attachment_id(1);
    store.attachment_adopt(id, &file).await.unwrap();
    assert!(!file.exists());
    assert_eq!(
        store.attachment_read(id, 7, 99).await.unwrap(),
        b"bytes".to_vec()
    );
    assert_eq!(store.totals().await.unwrap().attachments, 12);
    assert!(
        store
            .attachment_adopt(attachment_id(2), &file)
            .await
            .is_err()
    );
}
