//! `Secret`: a value that cannot be printed by accident.

use rand::distr::{Alphanumeric, SampleString};

/// What stands for a secret wherever it may not be shown.
pub const MASK: &str = "********";

/// A password. It has no `Display` and no `Serialize`, and `Debug` hides it.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Wraps a value that must not leak.
    pub fn new(value: impl Into<String>) -> Self {
        Self(value.into())
    }

    /// A new password: 25 alphanumerics from the operating system's randomness, about 148 bits.
    pub fn random() -> Self {
        Self(Alphanumeric.sample_string(&mut rand::rng(), 25))
    }

    /// The value itself, for the one place that needs it.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(..)")
    }
}

/// Whether secrets may be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Secrets {
    /// As they are, because the user asked for them.
    Shown,
    /// Replaced by [`MASK`].
    Masked,
}

impl Secrets {
    /// The secret as this choice shows it.
    pub fn show(self, secret: &Secret) -> &str {
        match self {
            Self::Shown => secret.reveal(),
            Self::Masked => MASK,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_output_does_not_reveal_a_secret() {
        let secret = Secret::random();
        assert_eq!(format!("{secret:?}"), "Secret(..)");
        assert_eq!(secret.reveal().len(), 25);
    }

    #[test]
    fn two_passwords_differ() {
        assert_ne!(Secret::random(), Secret::random());
    }
}
