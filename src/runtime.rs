//! Which engine runs an instance: as asked for, and as recorded.

/// Which engine is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Runtime {
    /// Docker where it answers and has the image or can get it, else native.
    Auto,
    /// Containers.
    Docker,
    /// Server processes of this machine.
    Native,
}

/// Which engine runs an instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A server process of this machine.
    Native,
    /// A container.
    Docker,
}

/// What a container is made from, besides the instance's folder and port.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Container {
    /// The image as the user names it, such as `postgres:16-alpine`.
    pub image: String,
    /// The very image that this name meant when the instance was created: `repository@sha256:...` where a registry
    /// knows it, else the engine's own `sha256:...`. Empty where the instance was adopted.
    pub digest: String,
    /// Networks that it joins besides the resource's own.
    pub networks: Vec<String>,
    /// The most memory that it may use, in bytes.
    pub memory_bytes: Option<u64>,
    /// The most processor time that it may use, in thousandths of one processor.
    pub cpu_millis: Option<u64>,
}

impl Kind {
    /// The engine of this name, if there is one.
    pub fn named(word: &str) -> Option<Self> {
        [Self::Native, Self::Docker].into_iter().find(|it| it.word() == word)
    }

    /// The engine's name, as records and reports have it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Native => "native",
            Self::Docker => "docker",
        }
    }
}
