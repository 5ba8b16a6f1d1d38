//! Instants: in UTC, and by the clock of the place with its zone.

use model::time::Timestamp;

/// `2024-03-06 22:30 UTC (2024-03-07 03:30 +05 Asia/Tashkent)`; the local date only where it differs.
pub(crate) fn instant(at: Timestamp, zone: &str) -> String {
    let utc = utc(at);
    if is_utc(zone) {
        return utc;
    }
    let Some(local) = at.local(zone) else {
        // A zone that this machine does not know is shown as it came.
        return format!("{utc} ({})", super::clean::line(zone));
    };
    let date = utc.split(' ').next().unwrap_or_default();
    let local = local
        .strip_prefix(date)
        .map_or(local.as_str(), str::trim_start);
    format!("{utc} ({local} {zone})")
}

/// `2024-03-06 22:30 UTC`.
pub(crate) fn utc(at: Timestamp) -> String {
    match at.local("UTC") {
        Some(text) => text
            .rsplit_once(' ')
            .map_or_else(|| text.clone(), |(time, _)| format!("{time} UTC")),
        None => at.to_string(),
    }
}

fn is_utc(zone: &str) -> bool {
    matches!(zone, "Etc/UTC" | "UTC" | "Etc/GMT" | "GMT")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_is_shown_by_both_clocks() {
        // 2024-03-06T22:30:00Z: half past three at night at Oybek, on the next day.
        let night = Timestamp::from_micros(1_709_764_200_000_000);
        assert_eq!(
            instant(night, "Asia/Tashkent"),
            "2024-03-06 22:30 UTC (2024-03-07 03:30 +05 Asia/Tashkent)"
        );
        let day = night.plus_seconds(9 * 3_600);
        assert_eq!(
            instant(day, "Asia/Almaty"),
            "2024-03-07 07:30 UTC (12:30 +05 Asia/Almaty)".replace(
                "12:30 +05",
                if day.local("Asia/Almaty").unwrap().ends_with("+06") {
                    "13:30 +06"
                } else {
                    "12:30 +05"
                }
            )
        );
        assert_eq!(instant(day, "Etc/UTC"), "2024-03-07 07:30 UTC");
        assert_eq!(
            instant(day, "Mars/Base"),
            "2024-03-07 07:30 UTC (Mars/Base)"
        );
    }
}
