//! Moments as records have them: RFC 3339, UTC, whole seconds.

use jiff::Timestamp;

/// This moment.
pub fn now() -> String {
    told(Timestamp::now())
}

/// Any moment.
pub fn told(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}
