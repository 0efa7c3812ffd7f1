//! What this extension was built from: the facts that `predial --version --verbose` shows.

use std::env::consts::{ARCH, OS};

/// Each fact with its name.
pub(super) fn facts() -> Vec<(&'static str, String)> {
    let profile = if cfg!(debug_assertions) {
        "checked"
    } else {
        "release"
    };
    let mut features = vec!["python"];
    if cfg!(feature = "test-door") {
        features.push("test-door");
    }
    vec![
        ("names of zones", crate::zone::NAME_SOURCES.trim().into()),
        ("target", format!("{OS} {ARCH}")),
        ("profile", profile.into()),
        ("features", format!("features {}", features.join(" "))),
    ]
}
