//! How long the service keeps its data.

use std::time::Duration;

/// How long the service remembers an idempotence key. After that the same request with the same key
/// is a new request, and people are called again.
pub const IDEMPOTENCE_KEY: Duration = Duration::from_secs(24 * 60 * 60);
