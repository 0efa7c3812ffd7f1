//! Names from the service's documents that the texts of rules quote, as macros, so that the texts
//! are put together at compile time.

/// How a script reads the payload of its job.
macro_rules! payload_reader {
    () => {
        "$dialer.getPayload"
    };
}

/// A host of the service.
macro_rules! example_host {
    () => {
        "https://app.jaicp.com"
    };
}
